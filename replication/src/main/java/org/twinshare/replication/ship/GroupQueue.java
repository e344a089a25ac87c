package org.twinshare.replication.ship;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Groups on their way to the disk that one connection has not shipped yet, in order, and so many bytes of them at most: when
 * there are more the oldest go, and the journal's files have them. Thread-safe; adding never waits for shipping.
 */
final class GroupQueue {
    /** A group, or what is left of it. */
    record Taken(ByteBuffer frames, long firstSequence, long lastSequence) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Deque<Taken> groups = new ArrayDeque<>();
    private final long maxBytes;
    private long bytes;
    private boolean ended;

    GroupQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** @param frames are copied */
    void add(ByteBuffer frames, long firstSequence, long lastSequence) {
        lock.lock();
        try {
            if (frames.remaining() > maxBytes) {
                clear();
            } else if (!ended) {
                ByteBuffer copy =
                        ByteBuffer.allocate(frames.remaining()).put(frames).flip();
                add(new Taken(copy, firstSequence, lastSequence));
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Taken group) {
        groups.addLast(group);
        bytes += group.frames().remaining();
        while (bytes > maxBytes) {
            bytes -= groups.removeFirst().frames().remaining();
        }
        added.signal();
    }

    private void clear() {
        groups.clear();
        bytes = 0;
    }

    /** Nothing is kept any more, and nobody waits. */
    void end() {
        lock.lock();
        try {
            ended = true;
            clear();
            added.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The first sequence that is kept; null when nothing is. */
    @Nullable Long firstKept() {
        lock.lock();
        try {
            Taken first = groups.peekFirst();
            return first == null ? null : first.firstSequence();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the group with a sequence, and waits for it when nothing is kept. Null when the time is over, after {@link #end},
     * or when only later ones are kept.
     */
    @Nullable Taken take(long sequence, long atMostNs) throws InterruptedException {
        lock.lock();
        try {
            long leftNs = atMostNs;
            while (leftNs > 0 || !groups.isEmpty()) {
                Taken first = groups.peekFirst();
                if (first == null) {
                    if (ended) {
                        return null;
                    }
                    leftNs = added.awaitNanos(leftNs);
                } else if (first.firstSequence() > sequence) {
                    return null;
                } else {
                    groups.removeFirst();
                    bytes -= first.frames().remaining();
                    if (first.lastSequence() >= sequence) {
                        return first;
                    }
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
