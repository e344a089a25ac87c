package org.twinshare.replication.ship;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.twinshare.replication.channel.Progress;
import org.twinshare.replication.role.Terms;

/**
 * What a durable reply of the primary waits for besides the local disk, by the terms. Thread-safe; who waits holds no
 * monitor, so virtual threads may.
 */
public final class Acknowledgement {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final LagMeter meter;
    private volatile Progress standby = Progress.NONE;
    private volatile Terms terms;
    /** Answers without the standby: that was durably recorded before. */
    private volatile boolean alone;

    private volatile long aloneSinceNs = System.nanoTime();

    private final int epoch;
    private volatile int newerEpoch;
    private int waiting;
    /** The furthest that the standby ever was on this server's account, and since when it has not come further. */
    private long furthestReceived;

    private long furthestDurable;
    private long stillSinceNs;

    Acknowledgement(LagMeter meter, Terms terms, boolean alone, int epoch) {
        this.meter = meter;
        this.terms = terms;
        this.alone = alone;
        this.epoch = epoch;
    }

    /**
     * Returns when a record, which is durable here, may be answered.
     *
     * @throws Fenced when nothing may be answered in this epoch any more
     */
    public void awaitReplicated(long sequence) {
        checkNotFenced();
        if (isEnough(sequence)) {
            return;
        }
        lock.lock();
        try {
            if (waiting++ == 0) {
                stillSinceNs = System.nanoTime();
            }
            while (!isEnough(sequence)) {
                checkNotFenced();
                moved.awaitUninterruptibly();
            }
            checkNotFenced();
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** Whether the standby has all up to a record on disk, or has it within that time. */
    boolean awaitDurable(long sequence, Duration atMost) {
        return await(() -> hasAll(sequence), atMost);
    }

    /** Whether the standby has received all records up to one, or has them within that time. */
    boolean awaitReceived(long sequence, Duration atMost) {
        return await(() -> standby.received() >= sequence, atMost);
    }

    private boolean await(BooleanSupplier reached, Duration atMost) {
        lock.lock();
        try {
            long leftNs = atMost.toNanos();
            while (!reached.getAsBoolean() && leftNs > 0) {
                leftNs = moved.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return reached.getAsBoolean();
    }

    private boolean hasAll(long sequence) {
        Progress now = standby;
        return now.complete() && now.durable() >= sequence;
    }

    /** To be asked once more just before a reply that waited for nothing is sent. */
    public void checkNotFenced() {
        int newer = newerEpoch;
        if (newer != 0) {
            throw new Fenced(epoch, newer);
        }
    }

    private boolean isEnough(long sequence) {
        if (newerEpoch != 0) {
            return false;
        }
        return alone
                || switch (terms.ack()) {
                    case LOCAL -> true;
                    case REMOTE_MEMORY -> standby.complete() && standby.received() >= sequence;
                    case REMOTE_DISK -> hasAll(sequence);
                    case ASYNC -> standby.complete() && isNear();
                };
    }

    private boolean isNear() {
        Duration lag = meter.behind(standby.received(), System.nanoTime()).time();
        return lag.compareTo(terms.maxLag()) <= 0;
    }

    void progress(Progress next) {
        change(() -> {
            if (next.received() > furthestReceived || next.durable() > furthestDurable) {
                furthestReceived = Math.max(next.received(), furthestReceived);
                furthestDurable = Math.max(next.durable(), furthestDurable);
                stillSinceNs = System.nanoTime();
            }
            standby = next;
        });
    }

    /** For how long replies have been waiting while the standby has come no further; 0 where none waits. */
    long stillNs() {
        lock.lock();
        try {
            return waiting == 0 ? 0 : System.nanoTime() - stillSinceNs;
        } finally {
            lock.unlock();
        }
    }

    void terms(Terms next) {
        change(() -> terms = next);
    }

    void alone(boolean next) {
        change(() -> {
            aloneSinceNs = alone ? aloneSinceNs : System.nanoTime();
            alone = next;
        });
    }

    /** There is a newer epoch: nothing is answered any more. */
    void fence(int newer) {
        change(() -> newerEpoch = newer);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Replies that wait now. */
    public int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    public boolean isAlone() {
        return alone;
    }

    /** For how long replies have not waited for the standby, as far as this process knows; zero while they do. */
    public Duration aloneFor() {
        return alone ? Duration.ofNanos(System.nanoTime() - aloneSinceNs) : Duration.ZERO;
    }

    public boolean isFenced() {
        return newerEpoch != 0;
    }

    public Terms terms() {
        return terms;
    }

    /** How far the standby was when it was heard last. */
    public Progress standby() {
        return standby;
    }
}
