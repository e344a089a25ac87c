package org.twinshare.replication.journal;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a journal that does what nobody waits for: prepares segments ahead of need, takes released ones out, writes
 * records that nobody waits for, and the marker behind the last one.
 */
final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Journal journal;
    private final ReentrantLock lock;
    private final Condition work;
    private final Segments segments;
    private final SegmentMaker maker;
    private final long idleNs;
    private final Thread thread;

    private boolean asleep;
    private boolean stopped;
    private long retryAtNs;
    private @Nullable String reported;

    Keeper(Journal journal, ReentrantLock lock, Segments segments, SegmentMaker maker, Duration idle) {
        this.journal = journal;
        this.lock = lock;
        this.work = lock.newCondition();
        this.segments = segments;
        this.maker = maker;
        idleNs = idle.toNanos();
        thread = Thread.ofPlatform().daemon().name("journal-keeper").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** There is something to tidy after a while; under the lock. */
    void notice() {
        if (asleep) {
            asleep = false;
            work.signal();
        }
    }

    /** There is something to do at once; under the lock. */
    void wake() {
        work.signal();
    }

    /** Returns when it has ended. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        Uninterruptibles.joinUninterruptibly(thread);
    }

    private void run() {
        lock.lock();
        try {
            while (!stopped) {
                if (!changesSegments()) {
                    rest();
                }
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            LOG.error("the journal fails because its keeper has failed", e);
            journal.fail(e);
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's
    private void rest() throws InterruptedException {
        if (!journal.isTidy()) {
            // Also while a segment is wanted: an attempt to make one must not wait for the journal to be idle.
            long atMostNs = retryAtNs == 0 ? idleNs : Math.min(idleNs, RETRY_NS);
            if (work.awaitNanos(atMostNs) <= 0) {
                journal.tidy();
            }
            return;
        }
        asleep = true;
        if (retryAtNs == 0) {
            work.await();
        } else {
            long unused = work.awaitNanos(RETRY_NS);
        }
        asleep = false;
    }

    /** Does one thing about segments; false when there is nothing to do now. */
    private boolean changesSegments() {
        Long released = segments.firstReleased();
        if (released != null) {
            String spare = outside(() -> maker.retire(released));
            if (spare != null) {
                segments.retired(spare);
            }
            journal.segmentsChanged();
            return spare != null;
        }
        boolean triesLater = !segments.hasSpare() && retryAtNs != 0 && System.nanoTime() - retryAtNs < 0;
        if (!segments.wantsMore() || triesLater) {
            return false;
        }
        prepare();
        journal.segmentsChanged();
        return true;
    }

    private void prepare() {
        long number = segments.nextNumber();
        String spare = segments.takeSpare();
        if (spare == null) {
            create(number);
            return;
        }
        Segment segment = outside(() -> maker.reuse(spare, number, 0));
        if (segment != null) {
            segments.prepared(segment);
        }
    }

    /** A new file may find the disk full, and later no longer: nothing depends on it yet. */
    private void create(long number) {
        lock.unlock();
        Segment segment = null;
        String failure = "";
        try {
            segment = maker.create(number, 0);
        } catch (IOException e) {
            failure = "no new segment can be made: " + e.getMessage();
        } finally {
            lock.lock();
        }
        if (segment != null) {
            retryAtNs = 0;
            reported = null;
            segments.triedNew(null);
            segments.prepared(segment);
            return;
        }
        retryAtNs = System.nanoTime() + RETRY_NS;
        segments.triedNew(failure);
        if (!failure.equals(reported)) {
            LOG.warn(
                    "{}; the journal goes on in the segments that it has, and tries again: give its disk room",
                    failure);
            reported = failure;
        }
    }

    private interface DiskWork<T> {
        T run() throws IOException;
    }

    /** Works on files that are there already without the lock; an error there is one of the disk, and final. */
    private <T> @Nullable T outside(DiskWork<T> diskWork) {
        lock.unlock();
        IOException failure = null;
        T result = null;
        try {
            result = diskWork.run();
        } catch (IOException e) {
            failure = e;
        } finally {
            lock.lock();
        }
        if (failure != null) {
            LOG.error("the journal's disk has failed, and nothing is acknowledged any more", failure);
            journal.fail(failure);
            stopped = true;
        }
        return result;
    }
}
