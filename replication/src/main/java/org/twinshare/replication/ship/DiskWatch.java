package org.twinshare.replication.ship;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.twinshare.replication.channel.Progress;
import org.twinshare.replication.channel.Pulse;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalStatistics;

/**
 * Whether a disk of the primary answers. One that hangs tells no error, and clients would wait for it though the standby has
 * everything. Looks are counted and not the time, so that a process that stood still finds nothing. For one thread.
 */
final class DiskWatch {
    /** Shorter pauses are ordinary on a disk that is busy. */
    private static final long HANGS_S = 30;

    private final Journal journal;
    private final LongSupplier inTree;
    private final Acknowledgement acknowledgement;
    private final BooleanSupplier hasSuccessor;
    private final Consumer<String> onHang;
    private final Course groups = new Course();
    private final Course applied = new Course();

    /**
     * Watches the journal and the tree.
     *
     * @param inTree       up to which record everything is in the tree
     * @param hasSuccessor whether another server can answer instead
     * @param onHang       told in words that it has to
     */
    DiskWatch(
            Journal journal,
            LongSupplier inTree,
            Acknowledgement acknowledgement,
            BooleanSupplier hasSuccessor,
            Consumer<String> onHang) {
        this.journal = journal;
        this.inTree = inTree;
        this.acknowledgement = acknowledgement;
        this.hasSuccessor = hasSuccessor;
        this.onHang = onHang;
    }

    /** To be called every {@link Pulse#TICK_NS}. Gives up where a disk does not answer and the standby can. */
    void look() {
        JournalStatistics now = journal.statistics();
        long carriedOut = inTree.getAsLong();
        Progress standby = acknowledgement.standby();
        // What is on both disks in the journal is to be carried out; before that it may wait for the standby.
        long due = Math.min(now.durableSequence(), standby.durable());
        boolean journalHangs = groups.hangs(now.writing(), now.groups());
        boolean treeHangs = applied.hangs(carriedOut < due, carriedOut);
        // Whoever ships may wait for that disk too: then the standby lacks records, and giving up would help nobody.
        boolean hasAll = standby.received() >= now.durableSequence();
        if ((journalHangs || treeHangs) && hasAll && hasSuccessor.getAsBoolean()) {
            onHang.accept("the disk of " + (journalHangs ? "the journal" : "the tree") + " has not answered for "
                    + HANGS_S + " s");
        }
    }

    /** Of something that is under way, and comes no further. */
    private static final class Course {
        private long at;
        private long looks;

        boolean hangs(boolean isUnderWay, long now) {
            looks = isUnderWay && now == at ? looks + 1 : 0;
            at = now;
            return looks * Pulse.TICK_NS > TimeUnit.SECONDS.toNanos(HANGS_S);
        }
    }
}
