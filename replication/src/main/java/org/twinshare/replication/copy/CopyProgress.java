package org.twinshare.replication.copy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How far a copy is, as numbers. Thread-safe. */
public final class CopyProgress {
    private final long beganNs = System.nanoTime();
    private final AtomicLong objects = new AtomicLong();
    private final AtomicLong listedBytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong sameBytes = new AtomicLong();
    private final AtomicLong removed = new AtomicLong();
    private final AtomicLong withAcl = new AtomicLong();
    private volatile boolean listed;

    /**
     * A moment of it.
     *
     * @param objects        names that were looked at
     * @param filesFetched   whose bytes came, all or some of them
     * @param bytesFetched   that came, without holes
     * @param bytesSame      that were here already
     * @param removed        of what was here and not on the primary
     * @param withAcl        objects whose POSIX ACL was not copied
     * @param bytesPerSecond fetched, on average
     * @param left           time that the rest of what is listed takes at that rate
     * @param allListed      whether every directory was looked at: before, there may be more
     */
    public record Moment(
            long objects,
            long filesFetched,
            long bytesFetched,
            long bytesSame,
            long removed,
            long withAcl,
            long bytesPerSecond,
            Duration left,
            boolean allListed) {}

    public Moment now() {
        double seconds = Math.max(1e-3, (System.nanoTime() - beganNs) / 1e9);
        long rate = (long) (bytes.get() / seconds);
        long open = Math.max(0, listedBytes.get() - bytes.get() - sameBytes.get());
        Duration left = rate == 0 ? Duration.ZERO : Duration.ofMillis(open * 1000 / rate);
        return new Moment(
                objects.get(),
                files.get(),
                bytes.get(),
                sameBytes.get(),
                removed.get(),
                withAcl.get(),
                rate,
                left,
                listed);
    }

    void object(boolean hasAcl) {
        objects.incrementAndGet();
        if (hasAcl) {
            withAcl.incrementAndGet();
        }
    }

    void toFetch(long sizeBytes) {
        listedBytes.addAndGet(sizeBytes);
    }

    void same(long count) {
        sameBytes.addAndGet(count);
    }

    void file() {
        files.incrementAndGet();
    }

    void fetched(long count) {
        bytes.addAndGet(count);
    }

    void removed(long count) {
        removed.addAndGet(count);
    }

    long removed() {
        return removed.get();
    }

    void allListed() {
        listed = true;
    }
}
