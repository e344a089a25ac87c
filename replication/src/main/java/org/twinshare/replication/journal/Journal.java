package org.twinshare.replication.journal;

import com.google.common.base.Preconditions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What became true, in one order, on disk before anybody hears of it. Appending assigns the place in the order and copies the
 * record into the group that gathers; the first who waits for a group writes and syncs it for all, while the next gathers.
 * Thread-safe; who waits holds no monitor, so virtual threads may. Durable is what {@link #awaitDurable} has returned for.
 */
public final class Journal implements AutoCloseable {
    private final JournalDisk disk;
    private final JournalSettings settings;
    private final Order order;
    private final OpenReport report;
    private final Segments segments;
    private final Keeper keeper;

    private final ReentrantLock lock = new ReentrantLock();
    /** A group was written, and the other buffer is free. */
    private final Condition room = lock.newCondition();
    /** A segment was prepared, or could not be. */
    private final Condition ready = lock.newCondition();

    private final Counters counters = new Counters();

    private Group gathering;
    private Group other;
    private boolean writing;
    /** Written to the segment; what is not durable of it needs only a sync. */
    private long writtenSequence;

    private volatile long durableSequence;
    private volatile @Nullable GroupFollower follower;
    private @Nullable JournalFailed failed;
    private boolean closed;

    /** For {@link Opening}, which has read what is there and knows that all of it is durable. */
    Journal(JournalDisk disk, JournalSettings settings, InstantSource clock, Opening opening) {
        this.disk = disk;
        this.settings = settings;
        report = opening.report();
        segments = opening.segments();
        gathering = new Group(settings.pendingBytes(), lock.newCondition());
        other = new Group(settings.pendingBytes(), lock.newCondition());
        order = opening.order(clock);
        writtenSequence = order.lastSequence();
        durableSequence = order.lastSequence();
        keeper = new Keeper(this, lock, segments, opening.maker(), settings.idle());
    }

    /**
     * Opens the journal in a directory that is there, or begins one when it is empty.
     *
     * @param clusterId  of the pair of servers that the journal belongs to
     * @param checkpoint sequence up to which everything is known to be carried out: the records behind it must be there
     * @throws JournalRefused when records are missing or damaged, or the files are not this journal's; nothing was changed
     */
    public static Journal open(
            Path directory, JournalSettings settings, InstantSource clock, long clusterId, long checkpoint)
            throws IOException, JournalRefused {
        return Opening.open(LinuxDisk.lock(directory), settings, clock, new Opening.Wanted(clusterId, checkpoint));
    }

    void start() {
        keeper.start();
    }

    /** What was found when it was opened. */
    public OpenReport report() {
        return report;
    }

    /** Records are written in this epoch from now on. */
    public void epoch(int current) {
        try (Held unused = hold()) {
            order.epoch(current);
        }
    }

    /**
     * Puts a record at the end. It is not durable yet, but everything appended later comes after it.
     *
     * @param type            from 1 on
     * @param namespaceChange what it adds to the namespace checksum (exclusive or)
     * @param body            at most {@link JournalSettings#maxBodyBytes}; copied
     * @throws JournalFull   when it has no room, now; nothing was appended
     * @throws JournalFailed when the journal's disk has failed
     */
    public Position append(byte type, long namespaceChange, ByteBuffer body) throws JournalFull {
        if (type <= JournalRecord.MARKER) {
            throw new IllegalArgumentException("record of type " + type);
        }
        try (Held unused = hold()) {
            makeRoom(settings.frameBytes(body));
            JournalRecord record = order.next(type, namespaceChange, body);
            gather(record);
            return new Position(record.sequence(), record.timeNs());
        }
    }

    /** Puts the next record of another journal at the end, as it is. */
    public void appendCopy(JournalRecord record) throws JournalFull {
        try (Held unused = hold()) {
            makeRoom(settings.frameBytes(record.body()));
            order.follow(record);
            gather(record);
        }
    }

    /** The lock, until it is closed. */
    private interface Held extends AutoCloseable {
        @Override
        void close();
    }

    @SuppressWarnings("LockNotBeforeTry")
    private Held hold() {
        lock.lock();
        return lock::unlock;
    }

    private void gather(JournalRecord record) {
        gathering.add(record);
        keeper.notice();
    }

    /** Returns when a frame of this size fits into the group that gathers, and with it into the current segment. */
    private void makeRoom(int bytes) throws JournalFull {
        while (true) {
            checkUsable();
            Segment current = segments.current();
            boolean fitsSegment = current != null && current.fits((long) gathering.bytes() + bytes);
            if (fitsSegment && gathering.hasRoom(bytes)) {
                return;
            }
            if (writing) {
                room.awaitUninterruptibly();
            } else if (writtenSequence < order.lastSequence() || durableSequence < writtenSequence) {
                commit(true);
            } else {
                roll();
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's
    private void roll() throws JournalFull {
        if (segments.roll(order.lastSequence() + 1)) {
            keeper.wake();
            return;
        }
        String obstacle = segments.obstacle();
        if (obstacle != null) {
            counters.refused++;
            throw new JournalFull(obstacle);
        }
        ready.awaitUninterruptibly();
    }

    private void checkUsable() {
        checkNotFailed();
        Preconditions.checkState(!closed, "the journal is closed");
    }

    private void checkNotFailed() {
        JournalFailed first = failed;
        if (first != null) {
            throw new JournalFailed("nothing is acknowledged any more: " + first.getMessage(), first);
        }
    }

    /**
     * Returns when everything up to a sequence that was appended is on disk.
     *
     * @throws JournalFailed when that cannot be known any more
     */
    public void awaitDurable(long sequence) {
        if (durableSequence >= sequence) {
            return;
        }
        try (Held unused = hold()) {
            if (sequence > order.lastSequence()) {
                throw new IllegalArgumentException("record " + sequence + " was not appended");
            }
            // Who is alone does not wait for others.
            boolean haveJoined = counters.lastRecords <= 1;
            while (durableSequence < sequence) {
                checkNotFailed();
                if (writing) {
                    Group group = sequence <= other.lastSequence() ? other : gathering;
                    group.done.awaitUninterruptibly();
                } else if (haveJoined) {
                    commit(true);
                } else {
                    letOthersJoin();
                    haveJoined = true;
                }
            }
        }
    }

    /** Calls that are ready to append do so now: with them the group is larger, and the disk is asked less often. */
    @SuppressWarnings({"LockNotBeforeTry", "ThreadPriorityCheck"})
    private void letOthersJoin() {
        lock.unlock();
        Thread.yield();
        lock.lock();
    }

    /** Writes what has gathered; gives the lock away meanwhile. Nobody else is writing. */
    @SuppressWarnings("LockNotBeforeTry")
    private void commit(boolean sync) {
        Group group = gathering;
        gathering = other;
        other = group;
        writing = true;
        if (group.isEmpty()) {
            group.covers(writtenSequence);
        }
        Segment segment = Objects.requireNonNull(segments.current());
        long offset = segment.offset;
        // What gathers from now on comes behind it.
        segment.offset += group.bytes();
        long begin = System.nanoTime();
        int crc = segment.crc;
        Throwable failure = null;
        lock.unlock();
        try {
            crc = group.write(segment, offset, durableSequence, follower);
            if (sync) {
                segment.file.sync();
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        lock.lock();
        writing = false;
        if (failure == null) {
            segment.crc = crc;
            written(segment, group, sync);
            counters.group(group, System.nanoTime() - begin);
        } else {
            fail(failure);
        }
        group.clear();
        group.done.signalAll();
        room.signalAll();
        // One of those whose records have gathered writes them next.
        gathering.done.signal();
    }

    private void written(Segment segment, Group group, boolean sync) {
        if (!group.isEmpty()) {
            segment.lastSequence = group.lastSequence();
            writtenSequence = group.lastSequence();
        }
        if (sync) {
            durableSequence = writtenSequence;
        }
    }

    /** The end: nothing is acknowledged from now on. */
    void fail(Throwable cause) {
        failed = new JournalFailed("the journal cannot be written: " + cause.getMessage(), cause);
        gathering.done.signalAll();
        other.done.signalAll();
        room.signalAll();
        ready.signalAll();
    }

    /** Does now what happens by itself when nothing is appended for a while. */
    public void settle() {
        try (Held unused = hold()) {
            tidy();
        }
    }

    /** What the keeper does when nothing else happens: nothing stays unwritten, and nothing without its proof. */
    void tidy() {
        if (writing || failed != null || closed) {
            return;
        }
        if (writtenSequence < order.lastSequence()) {
            commit(true);
        } else if (needsMarker()) {
            gather(order.marker());
            commit(false);
        }
    }

    private boolean needsMarker() {
        Segment current = segments.current();
        return !order.endsWithMarker()
                && durableSequence == order.lastSequence()
                && current != null
                && current.fits(Frame.HEADER_BYTES);
    }

    /** Whether the keeper will have something to tidy. */
    boolean isTidy() {
        return failed != null || closed || writtenSequence == order.lastSequence() && !needsMarker();
    }

    void segmentsChanged() {
        ready.signalAll();
    }

    /** Each group is handed over from now on, when it is written; what {@link #lastSequence} says now may be missed. */
    public void follower(@Nullable GroupFollower next) {
        follower = next;
    }

    public long durableSequence() {
        return durableSequence;
    }

    /** Of the record that was appended last. */
    public long lastSequence() {
        try (Held unused = hold()) {
            return order.lastSequence();
        }
    }

    /**
     * Records up to this sequence are no longer needed; their files are used again.
     *
     * @param newest so many of the newest segments are kept all the same, whoever has written them
     */
    public void releaseUpTo(long sequence, int newest) {
        try (Held unused = hold()) {
            if (segments.release(Math.min(sequence, durableSequence - 1), newest)) {
                keeper.wake();
            }
        }
    }

    /** Reads durable records from this sequence on, those that are yet to come too. */
    public JournalReader read(long fromSequence) {
        return new JournalReader(this, disk, fromSequence);
    }

    /** The segment that a record is in, or will be in; null when it was released. */
    @Nullable Segment segmentHolding(long sequence) {
        try (Held unused = hold()) {
            return segments.holding(sequence);
        }
    }

    public JournalStatistics statistics() {
        try (Held unused = hold()) {
            return counters.statistics(order.lastSequence(), durableSequence, writing, segments);
        }
    }

    /** Makes everything durable that was appended, with a marker that says so. What fails then was not acknowledged. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            while (writing) {
                room.awaitUninterruptibly();
            }
            if (failed == null) {
                finish();
            }
            room.signalAll();
            ready.signalAll();
        } finally {
            lock.unlock();
        }
        keeper.stop();
        segments.close();
        disk.close();
    }

    private void finish() {
        if (durableSequence < order.lastSequence()) {
            commit(true);
        }
        if (failed == null && needsMarker()) {
            gather(order.marker());
            commit(true);
        }
    }
}
