package org.twinshare.replication;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFailed;
import org.twinshare.replication.journal.JournalFull;

/**
 * Puts on disk, every few seconds, what was carried out, so that the journal need not be kept for it: takes the position up
 * to which everything is carried out, syncs the file systems, and commits the index with the position. One thread of its own;
 * {@link #runNow} may be called by any.
 */
final class Checkpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final Duration LOOKS = Duration.ofMillis(100);
    private static final int TRIES_WHEN_FULL = 3;
    private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

    /** So many times what a checkpoint begins after may come until it has ended. */
    private static final int FAR_BEHIND = 2;

    private final LocalTree tree;
    private final Journal journal;
    private final Appender appender;
    private final Uncommitted uncommitted;
    private final TreeSettings settings;
    private final Step.Listener steps;
    private final Consumer<Throwable> onFailure;
    private final BooleanSupplier failed;
    private final LongSupplier neededFrom;
    private final ReentrantLock running = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Thread thread =
            Thread.ofPlatform().name("checkpoints").daemon().unstarted(this::loop);

    private volatile boolean full;
    private boolean closed;
    private volatile long bytesAtLast;
    private volatile long lastNs = System.nanoTime();
    private long toldNs = System.nanoTime() - TOLD_EVERY.toNanos();
    private volatile long position;
    private final AtomicLong count = new AtomicLong();
    private volatile long lastDurationNs;

    Checkpoints(
            LocalTree tree,
            Journal journal,
            Appender appender,
            Uncommitted uncommitted,
            TreeSettings settings,
            Step.Listener steps,
            Consumer<Throwable> onFailure,
            BooleanSupplier failed,
            LongSupplier neededFrom) {
        this.tree = tree;
        this.journal = journal;
        this.appender = appender;
        this.uncommitted = uncommitted;
        this.settings = settings;
        this.steps = steps;
        this.onFailure = onFailure;
        this.failed = failed;
        this.neededFrom = neededFrom;
        position = Recovery.position(tree);
    }

    void start() {
        thread.start();
    }

    private void loop() {
        while (await()) {
            runNow();
        }
    }

    /** False at the end. */
    private boolean await() {
        lock.lock();
        try {
            while (!closed && !isDue()) {
                boolean unusedRang = wake.await(LOOKS.toMillis(), TimeUnit.MILLISECONDS);
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue() {
        long bytes = appender.bytes() - bytesAtLast;
        int changes = tree.pendingChanges();
        boolean much = bytes >= settings.checkpointBytes() || changes >= settings.checkpointChanges();
        boolean something = bytes > 0 || changes > 0;
        return much
                || something
                        && System.nanoTime() - lastNs
                                >= settings.checkpointEvery().toNanos();
    }

    /** A checkpoint that begins after this call has ended when it returns. A failure has been told then. */
    void runNow() {
        try {
            Object unused = run();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOSPC) {
                // The journal has everything; it fills up meanwhile.
                tell("The index of files cannot be written, " + e.getMessage()
                        + ", and the journal grows until it can: make room on the disk of the state directory");
                lastNs = System.nanoTime();
            } else {
                onFailure.accept(e);
            }
        } catch (JournalFailed e) {
            onFailure.accept(e);
        }
    }

    /** Makes a checkpoint; returns its position. */
    Long run() throws ErrnoException {
        running.lock();
        try {
            long begin = System.nanoTime();
            long bytes = appender.bytes();
            long reached = appender.appliedSequence();
            // After the position: whatever is announced from here on is behind it.
            Uncommitted.Snapshot written = uncommitted.snapshot();
            if (failed.getAsBoolean()) {
                // What could not be carried out counts as applied by now, and the next start has to do it.
                return position;
            }
            // The journal may be on another disk, and must not end before a position that the index knows.
            journal.awaitDurable(reached);
            steps.at(Step.CHECKPOINT_BEGUN);
            tree.checkpoint(Recovery.positionFact(reached));
            steps.at(Step.CHECKPOINT_DURABLE);
            uncommitted.durable(written);
            position = reached;
            bytesAtLast = bytes;
            release(reached);
            lastNs = System.nanoTime();
            lastDurationNs = lastNs - begin;
            count.incrementAndGet();
            return reached;
        } finally {
            running.unlock();
        }
    }

    /** Keeps some of the journal that the tree needs no more, and what the standby needs; a full one keeps neither. */
    private void release(long reached) {
        if (full) {
            full = false;
            journal.releaseUpTo(reached, 0);
        } else {
            journal.releaseUpTo(Math.min(reached, neededFrom.getAsLong() - 1), settings.keptSegments());
        }
    }

    /** So much has come since the last checkpoint that a start after a crash would not have the memory, or the time, for more. */
    private boolean isFarBehind() {
        return (appender.bytes() - bytesAtLast) / FAR_BEHIND >= settings.checkpointBytes()
                || tree.pendingChanges() / FAR_BEHIND >= settings.checkpointChanges();
    }

    /** Clients wait for a checkpoint that is slow; where it cannot be made it is TRY_LATER. */
    private void awaitNotFarBehind() throws ErrnoException {
        running.lock();
        try {
            if (isFarBehind()) {
                runNow();
            }
        } finally {
            running.unlock();
        }
        if (isFarBehind() && !failed.getAsBoolean()) {
            throw new ErrnoException(Errno.TRY_LATER, "no checkpoint can be made");
        }
    }

    /** Something that needs room in the journal. */
    interface Appending<T> {
        T append() throws JournalFull;
    }

    /**
     * Does it; a full journal gets room by a checkpoint that gives up all that the tree does not need. Where that does not help
     * either it is TRY_LATER: nothing was appended, and the client is to come again.
     */
    <T> T whenThereIsRoom(Appending<T> appending) throws ErrnoException {
        if (isFarBehind()) {
            awaitNotFarBehind();
        }
        int tries = 0;
        while (true) {
            try {
                return appending.append();
            } catch (JournalFull e) {
                if (++tries == TRIES_WHEN_FULL) {
                    tell(e.getMessage() + ". Clients wait and try again; make room on the journal's disk");
                    throw new ErrnoException(Errno.TRY_LATER, String.valueOf(e.getMessage()));
                }
                full = true;
                runNow();
            }
        }
    }

    private void tell(String words) {
        lock.lock();
        try {
            if (System.nanoTime() - toldNs >= TOLD_EVERY.toNanos()) {
                toldNs = System.nanoTime();
                LOG.error("{}", words);
            }
        } finally {
            lock.unlock();
        }
    }

    long position() {
        return position;
    }

    long count() {
        return count.get();
    }

    long lastDurationNs() {
        return lastDurationNs;
    }

    /** Ends with one more checkpoint. */
    @Override
    public void close() {
        end();
        runNow();
    }

    /** Ends without one: the tree has failed. */
    void end() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        join();
    }

    private void join() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
