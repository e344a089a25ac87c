package org.twinshare.replication.copy;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** State that threads change and wait for: it is looked at and changed under one lock, which the owner may take too. */
final class Moves {
    final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    /** Waits until something holds of the state. */
    void await(BooleanSupplier holds) {
        lock.lock();
        try {
            while (!holds.getAsBoolean()) {
                moved.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same, but no longer than that. */
    void await(Duration atMost, BooleanSupplier holds) {
        lock.lock();
        try {
            long leftNs = atMost.toNanos();
            while (!holds.getAsBoolean() && leftNs > 0) {
                leftNs = moved.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Whether something holds of the state now. */
    boolean is(BooleanSupplier holds) {
        lock.lock();
        try {
            return holds.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Changes the state, and lets everybody who waits look again. */
    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
