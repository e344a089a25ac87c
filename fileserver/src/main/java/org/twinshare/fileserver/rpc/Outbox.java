package org.twinshare.fileserver.rpc;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.AsyncQueueWriter;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.jspecify.annotations.Nullable;

/**
 * Sends the replies of one connection. Whoever comes while another thread is sending leaves its reply to that one, which
 * sends all small ones that have come together in one piece: one system call for many replies. Thread-safe.
 */
final class Outbox {
    /** Replies up to this size are copied together. */
    private static final int SMALL_BYTES = 8 << 10;

    private static final int TOGETHER_BYTES = 64 << 10;

    private final Connection<SocketAddress> connection;
    private final AsyncQueueWriter<SocketAddress> writer;
    private final BufferPool pool;
    private final Runnable whenSent;
    private final Deque<Reply> waiting = new ArrayDeque<>();
    private boolean sending;
    /** Somebody is about to send, and lets others come first; who does not wait for others need not leave it to him. */
    private boolean gathering;

    private long unsentBytes;
    /** Memory of unsent replies for which none was reserved; it is more than their bytes. */
    private final AtomicLong heldBytes = new AtomicLong();

    private volatile long lastSentNs = System.nanoTime();

    /** @param whenSent run when memory of a reply was given back */
    Outbox(Connection<SocketAddress> connection, BufferPool pool, Runnable whenSent) {
        this.whenSent = whenSent;
        this.connection = connection;
        this.writer =
                ((TCPNIOTransport) connection.getTransport()).getAsyncQueueIO().getWriter();
        this.pool = pool;
    }

    /**
     * A reply with its record mark.
     *
     * @param afterwards run when the client has taken it, or never will
     */
    record Reply(ByteBuffer bytes, @Nullable Runnable afterwards) {}

    /**
     * Sends a reply, and gives its buffer back to the pool.
     *
     * @param gathers whether others may come first, to go with it; by a virtual thread only
     */
    void send(Reply reply, boolean gathers) {
        hold(reply, 1);
        synchronized (waiting) {
            if (unsentBytes == 0) {
                lastSentNs = System.nanoTime();
            }
            unsentBytes += reply.bytes().remaining();
            waiting.add(reply);
            if (sending || gathers && gathering) {
                return;
            }
            gathering |= gathers;
            sending = !gathers;
        }
        if (gathers && !gather()) {
            return;
        }
        for (Reply next = next(); next != null; next = next()) {
            write(next);
        }
    }

    /** Lets those who are ready leave their replies; false when one who does not wait for others has sent them meanwhile. */
    @SuppressWarnings("ThreadPriorityCheck")
    private boolean gather() {
        Thread.yield();
        synchronized (waiting) {
            gathering = false;
            if (sending || waiting.isEmpty()) {
                return false;
            }
            sending = true;
            return true;
        }
    }

    private @Nullable Reply next() {
        synchronized (waiting) {
            Reply first = waiting.poll();
            if (first == null) {
                sending = false;
                return null;
            }
            Reply second = waiting.peek();
            return isSmall(first) && second != null && isSmall(second) ? together(first) : first;
        }
    }

    private static boolean isSmall(Reply reply) {
        return reply.bytes().remaining() <= SMALL_BYTES && reply.afterwards() == null;
    }

    private Reply together(Reply first) {
        ByteBuffer together = pool.take(TOGETHER_BYTES);
        heldBytes.addAndGet(together.capacity());
        copy(first, together);
        Reply next = waiting.peek();
        while (next != null && isSmall(next) && next.bytes().remaining() <= together.remaining()) {
            copy(next, together);
            waiting.poll();
            next = waiting.peek();
        }
        return new Reply(together.flip(), null);
    }

    private void copy(Reply reply, ByteBuffer together) {
        together.put(reply.bytes());
        hold(reply, -1);
        pool.give(reply.bytes());
    }

    private void write(Reply reply) {
        int length = reply.bytes().remaining();
        writer.write(
                connection,
                null,
                Buffers.wrap(connection.getMemoryManager(), reply.bytes()),
                new EmptyCompletionHandler<WriteResult<WritableMessage, SocketAddress>>() {
                    @Override
                    public void completed(WriteResult<WritableMessage, SocketAddress> result) {
                        sent(reply, length);
                    }

                    @Override
                    public void failed(Throwable failure) {
                        // The connection is closed; the client asks again on another one.
                        sent(reply, length);
                        connection.closeWithReason(new IOException(failure));
                    }
                });
    }

    private void sent(Reply reply, int length) {
        hold(reply, -1);
        pool.give(reply.bytes());
        Runnable afterwards = reply.afterwards();
        if (afterwards != null) {
            afterwards.run();
        }
        synchronized (waiting) {
            unsentBytes -= length;
            lastSentNs = System.nanoTime();
        }
        whenSent.run();
    }

    private void hold(Reply reply, int sign) {
        if (reply.afterwards() == null) {
            heldBytes.addAndGet((long) sign * reply.bytes().capacity());
        }
    }

    /** Memory of unsent replies for which none was reserved. */
    long heldBytes() {
        return heldBytes.get();
    }

    /** Bytes that the client has not taken yet. */
    long unsentBytes() {
        synchronized (waiting) {
            return unsentBytes;
        }
    }

    /** How long the client has taken nothing although there is something for it, in nanoseconds; 0 otherwise. */
    long stalledNs(long nowNs) {
        return unsentBytes() == 0 ? 0 : nowNs - lastSentNs;
    }
}
