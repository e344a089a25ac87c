package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    /** How many want the tree to stand still; changes under the lock of the moves, as what is compared does. */
    private final AtomicInteger standing = new AtomicInteger();

    /** How often the tree moved other than by one record. */
    private final AtomicLong leaps = new AtomicLong();

    private boolean comparing;

    Holds(Moves moves) {
        this.moves = moves;
    }

    boolean isHeld() {
        return standing.get() > 0;
    }

    /** The tree moves other than by one record. */
    void leap() {
        leaps.incrementAndGet();
    }

    /** Keeps the tree where it is, from when what is being changed is done. */
    StandStill standStill(BooleanSupplier working, LongSupplier position) {
        moves.lock.lock();
        try {
            moves.await(() -> !comparing);
            standing.incrementAndGet();
        } finally {
            moves.lock.unlock();
        }
        moves.await(() -> !working.getAsBoolean());
        long here = position.getAsLong();
        long before = leaps.get();
        return new StandStill(
                here,
                () -> position.getAsLong() == here && leaps.get() == before,
                () -> moves.change(standing::decrementAndGet));
    }

    /** Begins to compare with the primary's tree, and to repair, unless the tree stands still; ends with {@link #endComparing}. */
    boolean beginComparing() {
        moves.lock.lock();
        try {
            comparing = !isHeld();
            return comparing;
        } finally {
            moves.lock.unlock();
        }
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
