package org.twinshare.fileserver.rpc;

import java.net.InetAddress;

/** Who sent a call, and where to: a connection, or a datagram's two addresses. Thread-safe. */
abstract class Peer {
    abstract InetAddress client();

    abstract int clientPort();

    /** The address of this host that the call was sent to. */
    abstract InetAddress local();

    /** Waits until there is room for a large reply to this client. */
    abstract void reserveReply(int bytes);

    abstract void releaseReply(int bytes);

    @Override
    public String toString() {
        return client().getHostAddress() + ":" + clientPort();
    }
}
