package org.twinshare.fileserver.rpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.IOEvent;

/**
 * One connection of a client: what is under way on it, and when it is not to be read for a while. The methods for reading
 * are called by its selector thread only, the others by any.
 */
public final class Session extends Peer {
    private final Connection<SocketAddress> connection;
    private final InetAddress client;
    private final int clientPort;
    private final RpcLimits limits;
    private final Outbox outbox;
    /** Bytes of large replies that this connection may still ask for before it takes some. */
    private final Semaphore replyRoom;

    final CallDecoder decoder = new CallDecoder();
    final RecordAssembly assembly;

    private int callsUnderWay;
    private long bytesUnderWay;
    private boolean full;
    private boolean starved;
    private boolean reading = true;
    private volatile boolean closed;
    private volatile long lastCallNs = System.nanoTime();

    Session(Connection<SocketAddress> connection, RpcLimits limits, BufferPool pool, MemoryBudget callMemory) {
        this.connection = connection;
        this.limits = limits;
        InetSocketAddress peer = (InetSocketAddress) connection.getPeerAddress();
        client = peer.getAddress();
        clientPort = peer.getPort();
        outbox = new Outbox(connection, pool);
        replyRoom = new Semaphore(limits.bytesPerConnection());
        assembly = new RecordAssembly(this, limits.maxRecordBytes(), pool, callMemory);
    }

    /** The client's address. */
    @Override
    public InetAddress client() {
        return client;
    }

    /** The client's port. */
    @Override
    public int clientPort() {
        return clientPort;
    }

    @Override
    InetAddress local() {
        return ((InetSocketAddress) connection.getLocalAddress()).getAddress();
    }

    /** Sends a reply that begins with its record mark. */
    void send(ByteBuffer reply) {
        outbox.send(reply);
    }

    void send(Outbox.Reply reply) {
        outbox.send(reply);
    }

    /** A call begins; when there are too many, nothing more is read for now. */
    void began(int bytes) {
        lastCallNs = System.nanoTime();
        synchronized (this) {
            callsUnderWay++;
            bytesUnderWay += bytes;
            full |= callsUnderWay >= limits.callsPerConnection() || bytesUnderWay >= limits.bytesPerConnection();
            adjust();
        }
    }

    /** A call is answered. */
    synchronized void ended(int bytes) {
        callsUnderWay--;
        bytesUnderWay -= bytes;
        boolean drained =
                callsUnderWay <= limits.callsPerConnection() / 2 && bytesUnderWay <= limits.bytesPerConnection() / 2;
        if (full && drained) {
            full = false;
            adjust();
        }
    }

    /** There is no memory for the call that is coming in: nothing is read until there is. */
    synchronized void starve() {
        starved = true;
        adjust();
    }

    synchronized void fed() {
        starved = false;
        adjust();
    }

    /** Whether anything may be read now. */
    synchronized boolean mayRead() {
        return !full && !starved;
    }

    private void adjust() {
        boolean should = !full && !starved;
        if (should == reading || closed) {
            return;
        }
        reading = should;
        try {
            if (should) {
                connection.enableIOEvent(IOEvent.READ);
            } else {
                connection.disableIOEvent(IOEvent.READ);
            }
        } catch (java.io.IOException e) {
            close("cannot be watched: " + e.getMessage());
        }
    }

    /** Waits until this connection may have a large reply of so many bytes; on a thread that may wait. */
    @Override
    void reserveReply(int bytes) {
        replyRoom.acquireUninterruptibly(bytes);
    }

    @Override
    void releaseReply(int bytes) {
        replyRoom.release(bytes);
    }

    Outbox outbox() {
        return outbox;
    }

    long lastCallNs() {
        return lastCallNs;
    }

    synchronized boolean isIdle() {
        return callsUnderWay == 0;
    }

    /** Closes the connection; the reason goes to the log of the transport. */
    void close(String why) {
        connection.closeWithReason(new java.io.IOException(why));
    }

    /** The connection is closed: nobody may wait for it any more. */
    void closed() {
        closed = true;
        replyRoom.release(1 << 30);
        assembly.discard();
    }

    boolean isClosed() {
        return closed;
    }
}
