package org.twinshare.fileserver.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.nio.NIOConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a client: what is under way on it, and when it is not to be read for a while. The methods for reading
 * are called by its selector thread only, the others by any.
 */
public final class Session extends Peer {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private static final int LEAST_HELD_BYTES = 128 << 10;

    private final Connection<SocketAddress> connection;
    private final InetAddress client;
    private final int clientPort;
    private final RpcLimits limits;
    private final Outbox outbox;
    private final BufferPool pool;
    /** Bytes of large replies that this connection may still ask for before it takes some. */
    private final Semaphore replyRoom;

    final CallDecoder decoder = new CallDecoder();
    final RecordAssembly assembly;

    private int callsUnderWay;
    private long bytesUnderWay;
    private boolean full;
    private boolean starved;
    private boolean held;
    /** It has so many replies to take that it is to ask nothing more. */
    private volatile boolean clogged;
    /** It is to be closed once it has taken its replies. */
    private boolean closing;

    private long closingSinceNs;
    private boolean reading = true;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long lastCallNs = System.nanoTime();

    Session(Connection<SocketAddress> connection, RpcLimits limits, BufferPool pool, MemoryBudget callMemory) {
        this.connection = connection;
        this.limits = limits;
        InetSocketAddress peer = (InetSocketAddress) connection.getPeerAddress();
        client = peer.getAddress();
        clientPort = peer.getPort();
        outbox = new Outbox(connection, pool, this::sent);
        this.pool = pool;
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
        send(new Outbox.Reply(reply, null));
    }

    void send(Outbox.Reply reply) {
        outbox.send(reply, Thread.currentThread().isVirtual() && hasMoreUnderWay());
        if (outbox.heldBytes() >= mostHeldBytes()) {
            clogged = true;
            // What was sent between the look and the mark did not see the mark.
            sent();
            readOrNot();
        }
    }

    /** Memory of small replies that this connection may leave untaken: less when much is taken by all together. */
    private long mostHeldBytes() {
        return pool.takenBytes() > limits.plentyBytes()
                ? LEAST_HELD_BYTES
                : Math.max(LEAST_HELD_BYTES, limits.bytesPerConnection() / 8);
    }

    /** The client has taken a reply. */
    private void sent() {
        if (clogged && outbox.heldBytes() <= mostHeldBytes() / 2) {
            clogged = false;
            readOrNot();
        }
    }

    private synchronized void readOrNot() {
        adjust();
        notifyAll();
    }

    /** Whether the client has to take replies before it gets more. */
    boolean isClogged() {
        return clogged;
    }

    /** Waits until the client has taken replies, on a thread that may wait; false when it never will. */
    synchronized boolean awaitUnclogged() throws InterruptedException {
        while (clogged && !closed.get()) {
            wait();
        }
        return !closed.get();
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

    /** Nothing is read until {@link #resume}: the server hands over. */
    synchronized void hold() {
        held = true;
        adjust();
    }

    synchronized void resume() {
        held = false;
        adjust();
    }

    synchronized void fed() {
        starved = false;
        adjust();
    }

    /** Whether anything may be read now. */
    synchronized boolean mayRead() {
        return !full && !starved && !held && !clogged && !closing;
    }

    private void adjust() {
        boolean should = mayRead();
        if (should == reading || closed.get()) {
            return;
        }
        reading = should;
        try {
            if (should) {
                assembly.resume();
                connection.enableIOEvent(IOEvent.READ);
            } else {
                connection.disableIOEvent(IOEvent.READ);
            }
        } catch (IOException e) {
            // Nothing is to be done: the connection is closed already, or its next use will find out.
            LOG.debug("{} cannot be watched", this, e);
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

    private synchronized boolean hasMoreUnderWay() {
        return callsUnderWay > 1;
    }

    synchronized boolean isIdle() {
        return callsUnderWay == 0;
    }

    /** Reads no more, and closes the connection when it has taken the replies that are waiting. */
    void close(String why) {
        synchronized (this) {
            if (!closing) {
                closing = true;
                closingSinceNs = System.nanoTime();
                adjust();
            }
        }
        linger();
        connection.closeWithReason(new IOException(why));
    }

    /** A reset could take away replies that are on their way. */
    private void linger() {
        SocketChannel channel = (SocketChannel) ((NIOConnection) connection).getChannel();
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, -1);
        } catch (IOException e) {
            LOG.debug("{}: {}", this, e.getMessage());
        }
    }

    /** Closes the connection now; replies that are waiting are lost. The reason goes to the log of the transport. */
    void terminate(String why) {
        connection.terminateWithReason(new IOException(why));
    }

    /** How long ago {@link #close} was called, in nanoseconds; 0 when it was not. */
    synchronized long closingNs(long nowNs) {
        return closing ? nowNs - closingSinceNs : 0;
    }

    /** The connection is closed: nobody may wait for it any more. */
    void closed() {
        if (closed.compareAndSet(false, true)) {
            replyRoom.release(1 << 30);
            assembly.discard();
            readOrNot();
        }
    }

    boolean isClosed() {
        return closed.get();
    }
}
