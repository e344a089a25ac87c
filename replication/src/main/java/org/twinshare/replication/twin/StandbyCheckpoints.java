package org.twinshare.replication.twin;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.replication.SurvivingOutcomes;
import org.twinshare.replication.TreeSettings;
import org.twinshare.replication.copy.StandbyApply;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.MalformedRecord;

/**
 * Puts on the standby's disk, every few seconds, what was carried out, and gives up of its journal what neither the tree nor
 * the reply cache of its first calls as the primary needs. Has a thread of its own.
 */
final class StandbyCheckpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyCheckpoints.class);

    private final Journal journal;
    private final StandbyApply apply;
    private final SurvivingOutcomes outcomes;
    private final Consumer<String> onFailure;
    private final int keptSegments;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("standby-checkpoints").factory());
    private volatile long lastApplied = -1;

    /** @param outcomes are read along; they are whoever's who has closed this */
    StandbyCheckpoints(
            Journal journal,
            StandbyApply apply,
            SurvivingOutcomes outcomes,
            TreeSettings settings,
            Consumer<String> onFailure) {
        this.journal = journal;
        this.apply = apply;
        this.outcomes = outcomes;
        keptSegments = settings.keptSegments();
        this.onFailure = onFailure;
        // What earlier lives of this server have left: the position that it begins at is on disk.
        journal.releaseUpTo(apply.appliedSequence(), keptSegments);
        long everyMs = settings.checkpointEvery().toMillis();
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(this::run, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }

    private void run() {
        if (apply.appliedSequence() != lastApplied) {
            checkpoint(keptSegments);
        }
    }

    /** The journal is full: gives up all of it that the tree does not need. Returns when that was tried. */
    void makeRoom() {
        checkpoint(0);
    }

    private synchronized void checkpoint(int kept) {
        long applied = apply.appliedSequence();
        try {
            apply.checkpoint();
            lastApplied = applied;
            try {
                outcomes.readOn(journal);
            } finally {
                // What cannot be read along must not keep the journal from being given up.
                journal.releaseUpTo(applied, kept);
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOSPC) {
                LOG.error(
                        "The standby's index cannot be written, {}: make room on the disk of its state",
                        e.getMessage());
                return;
            }
            onFailure.accept("the standby's disk has failed: " + e.getMessage());
        } catch (IOException | RecordsReleased | JournalDamaged | MalformedRecord e) {
            LOG.warn(
                    "The journal of the standby cannot be read along, and is read when it takes over: {}",
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("A checkpoint of the standby failed; this is a fault of the server", e);
        }
    }

    @Override
    public void close() {
        // What is under way ends by itself: an interrupt would close the journal that it reads.
        thread.shutdown();
        try {
            boolean unusedEnded = thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
