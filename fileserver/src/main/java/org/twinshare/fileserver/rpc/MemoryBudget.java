package org.twinshare.fileserver.rpc;

import java.util.ArrayList;
import java.util.List;

/**
 * Bytes that may be in use at once. Who does not get them is told when it is worth asking again. Thread-safe.
 */
final class MemoryBudget {
    private final long limitBytes;
    private final List<Runnable> waiting = new ArrayList<>();
    private int awaiting;
    private long usedBytes;

    MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Takes so many bytes; false when they are not there, and then {@code whenFree} is run once some came back. */
    synchronized boolean take(long bytes, Runnable whenFree) {
        boolean taken = takeNow(bytes);
        if (!taken) {
            waiting.add(whenFree);
        }
        return taken;
    }

    /** Takes so many bytes, or none; one who asks first gets more than there are, so that nobody waits for ever. */
    synchronized boolean takeNow(long bytes) {
        boolean fits = usedBytes == 0 || usedBytes + bytes <= limitBytes;
        if (fits) {
            usedBytes += bytes;
        }
        return fits;
    }

    /** Takes so many bytes, and waits for them; on a thread that may wait. */
    synchronized void await(long bytes) {
        while (!takeNow(bytes)) {
            awaiting++;
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for memory", e);
            } finally {
                awaiting--;
            }
        }
    }

    /** Gives bytes back. Everybody who waits asks again, because some of them may be gone. */
    void give(long bytes) {
        List<Runnable> next;
        synchronized (this) {
            usedBytes -= bytes;
            next = List.copyOf(waiting);
            waiting.clear();
            notifyAll();
        }
        next.forEach(Runnable::run);
    }

    /** Whether anybody waits. */
    synchronized boolean isShort() {
        return awaiting > 0 || !waiting.isEmpty();
    }

    synchronized long usedBytes() {
        return usedBytes;
    }
}
