package org.twinshare.client.probe;

import java.io.IOException;

/** The server did not run the procedure at all: unknown program or version, undecodable arguments, bad credential. */
public final class RpcRefusedException extends IOException {
    private final transient RpcReply reply;

    RpcRefusedException(RpcReply reply) {
        super("the server refused the call: " + reply);
        this.reply = reply;
    }

    public RpcReply reply() {
        return reply;
    }
}
