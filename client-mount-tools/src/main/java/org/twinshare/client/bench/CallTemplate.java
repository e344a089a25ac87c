package org.twinshare.client.bench;

import java.nio.ByteBuffer;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.RpcCall;

/**
 * A call encoded once and sent many times, each time with another transaction id: whole, or only its beginning when the
 * arguments differ from call to call. Immutable.
 */
final class CallTemplate {
    private static final int XID_POSITION = 4;

    private final Procedure procedure;
    /** Record mark, then the message; mark and transaction id are filled in when it is sent. */
    private final byte[] framed;

    private CallTemplate(Procedure procedure, byte[] message) {
        this.procedure = procedure;
        this.framed = new byte[message.length + 4];
        System.arraycopy(message, 0, framed, 4, message.length);
    }

    /** A call with all its arguments. */
    static CallTemplate whole(NfsCall<?, ?> call, Credential credential) {
        return new CallTemplate(
                call.procedure(),
                RpcCall.nfs(0, call.procedure(), credential, call.arguments()).toRecord());
    }

    /** The header of a call, without arguments. */
    static CallTemplate header(Procedure procedure, Credential credential) {
        return new CallTemplate(
                procedure, RpcCall.nfs(0, procedure, credential, Bytes.EMPTY).toRecord());
    }

    Procedure procedure() {
        return procedure;
    }

    int length() {
        return framed.length;
    }

    void appendTo(ByteBuffer out, int xid) {
        int start = out.position();
        out.put(framed);
        out.putInt(start + XID_POSITION, xid);
    }
}
