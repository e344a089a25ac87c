package org.twinshare.fileserver.rpc;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.twinshare.exports.options.Credential;

/**
 * One call of a client as it came off the wire (RFC 5531 section 9): its header, and its arguments yet to be read. Used by
 * one thread at a time.
 */
public final class Call {
    private final Peer peer;
    private final CallHeader header;
    private final ByteBuffer arguments;
    private final boolean mayWait;
    private final MemoryBudget replyMemory;
    private int reservedBytes;

    /** @param arguments from their position to their limit; valid until the call is answered */
    Call(Peer peer, CallHeader header, ByteBuffer arguments, boolean mayWait, MemoryBudget replyMemory) {
        this.replyMemory = replyMemory;
        this.peer = peer;
        this.header = header;
        this.arguments = arguments;
        this.mayWait = mayWait;
    }

    public int xid() {
        return header.xid();
    }

    public int program() {
        return header.program();
    }

    public int version() {
        return header.version();
    }

    public int procedure() {
        return header.procedure();
    }

    /** Who the caller says it is; the same object as of the call before where the client says the same. */
    public Credential credential() {
        return header.credential();
    }

    /** The client's address. */
    public InetAddress client() {
        return peer.client();
    }

    /** The client's port. */
    public int clientPort() {
        return peer.clientPort();
    }

    /** The address of this host that the call was sent to. */
    public InetAddress local() {
        return peer.local();
    }

    /** Where the call came from. */
    Peer peer() {
        return peer;
    }

    /** The arguments from their beginning. */
    public XdrReader arguments() {
        return new XdrReader(arguments.duplicate());
    }

    /** The bytes of the arguments. */
    ByteBuffer argumentBytes() {
        return arguments;
    }

    /** Tells calls with the same xid apart; the same as in the reply cache. */
    public long argumentChecksum() {
        return ReplyCache.Key.checksum(arguments);
    }

    /** Whether this thread may wait for a disk; if not, others wait for this thread. */
    public boolean mayWait() {
        return mayWait;
    }

    /**
     * Waits until there is memory for a large reply, and until the client has taken enough of those before it; only where
     * {@link #mayWait}, and at most once.
     */
    public void reserveReply(int bytes) {
        peer.reserveReply(bytes);
        replyMemory.await(bytes);
        reservedBytes = bytes;
    }

    int reservedBytes() {
        return reservedBytes;
    }

    /** The client has taken the reply, or never will. */
    void releaseReply() {
        if (reservedBytes > 0) {
            replyMemory.give(reservedBytes);
            peer.releaseReply(reservedBytes);
        }
    }
}
