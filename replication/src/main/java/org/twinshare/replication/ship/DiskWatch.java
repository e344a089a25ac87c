package org.twinshare.replication.ship;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
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
    private final Supplier<Answering.Course> questions;
    private final Acknowledgement acknowledgement;
    private final BooleanSupplier hasSuccessor;
    private final Consumer<String> onHang;
    private final Course groups = new Course();
    private final Course applied = new Course();
    private final Course answers = new Course();
    private boolean hasGivenUp;

    /**
     * Watches the journal and the tree.
     *
     * @param inTree       up to which record everything is in the tree
     * @param questions    what the standby asks of the tree
     * @param hasSuccessor whether another server can answer instead
     * @param onHang       told in words that it has to
     */
    DiskWatch(
            Journal journal,
            LongSupplier inTree,
            Supplier<Answering.Course> questions,
            Acknowledgement acknowledgement,
            BooleanSupplier hasSuccessor,
            Consumer<String> onHang) {
        this.journal = journal;
        this.inTree = inTree;
        this.questions = questions;
        this.acknowledgement = acknowledgement;
        this.hasSuccessor = hasSuccessor;
        this.onHang = onHang;
    }

    /**
     * To be called every {@link Pulse#TICK_NS}. Gives up where a disk does not answer and the standby can.
     *
     * @return whether it may be the fault of a disk here that the standby comes no further: to go on alone would give nothing to
     *     wait for up
     */
    boolean look() {
        JournalStatistics now = journal.statistics();
        long carriedOut = inTree.getAsLong();
        Progress standby = acknowledgement.standby();
        // What is on both disks in the journal is to be carried out; before that, or while the standby lacks bytes, it
        // waits for that.
        long due = standby.complete() ? Math.min(now.durableSequence(), standby.durable()) : 0;
        Answering.Course asked = questions.get();
        groups.look(now.writing(), now.groups());
        applied.look(carriedOut < due, carriedOut);
        answers.look(asked.isUnderWay(), asked.looks());
        boolean journalHangs = groups.lasts(HANGS_S);
        boolean hangs = journalHangs || applied.lasts(HANGS_S) || answers.lasts(HANGS_S);
        // Whoever ships reads the bytes of large WRITEs, and may wait for that disk too: giving up would help nobody
        // then.
        boolean hasAll = standby.received() >= now.durableSequence();
        if (hangs && hasAll && hasSuccessor.getAsBoolean()) {
            hasGivenUp = true;
            onHang.accept("the disk of " + (journalHangs ? "the journal" : "the tree") + " has not answered for "
                    + HANGS_S + " s");
        }
        boolean standsStill = groups.lasts(0) || applied.lasts(0) || answers.lasts(0);
        return hasGivenUp || standsStill && !hangs;
    }

    /** Of something that is under way, and comes no further. */
    private static final class Course {
        private long at;
        private long looks;

        void look(boolean isUnderWay, long now) {
            looks = isUnderWay && now == at ? looks + 1 : 0;
            at = now;
        }

        /** Whether that is so for longer than this, of a process that ran. */
        boolean lasts(long seconds) {
            return looks * Pulse.TICK_NS > TimeUnit.SECONDS.toNanos(seconds);
        }
    }
}
