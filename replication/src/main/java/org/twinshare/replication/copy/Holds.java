package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Who may change the standby's tree besides the records that are carried out: nobody while it is to stand still, and otherwise one
 * at a time of those who make it equal to the primary's. Thread-safe.
 */
final class Holds {
    private final Moves moves;
    private final ReentrantLock repairing = new ReentrantLock();
    /** How many want the tree to stand still; changes under the lock of the moves, which guards the others. */
    private final AtomicInteger standing = new AtomicInteger();

    private boolean comparing;
    /** How often the tree moved other than by one record. */
    private long leaps;

    Holds(Moves moves) {
        this.moves = moves;
    }

    boolean isHeld() {
        return standing.get() > 0;
    }

    /** The tree moves other than by one record. */
    void leap() {
        moves.change(() -> leaps++);
    }

    /** Keeps the tree where it is, from when what is being changed is done. */
    StandStill standStill(BooleanSupplier working, LongSupplier position) {
        boolean[] held = new boolean[1];
        while (!held[0]) {
            moves.await(() -> !comparing);
            moves.change(() -> {
                held[0] = !comparing;
                standing.addAndGet(held[0] ? 1 : 0);
            });
        }
        moves.await(() -> !working.getAsBoolean());
        long here = position.getAsLong();
        long before = leaps();
        return new StandStill(
                here,
                () -> position.getAsLong() == here && leaps() == before,
                () -> moves.change(standing::decrementAndGet));
    }

    private long leaps() {
        long[] now = new long[1];
        moves.change(() -> now[0] = leaps);
        return now[0];
    }

    /** Begins to compare with the primary's tree, and to repair, unless the tree stands still; ends with {@link #endComparing}. */
    boolean beginComparing() {
        boolean[] may = new boolean[1];
        moves.change(() -> {
            may[0] = !isHeld();
            comparing |= may[0];
        });
        return may[0];
    }

    void endComparing() {
        moves.change(() -> comparing = false);
    }

    /** Some of the tree being made as the primary's. */
    interface Repair<E extends Exception> {
        void run() throws IOException, E;
    }

    /** Does it while nobody else repairs anything. */
    <E extends Exception> void repair(Repair<E> repair) throws IOException, E {
        repairing.lock();
        try {
            repair.run();
        } finally {
            repairing.unlock();
        }
    }
}
