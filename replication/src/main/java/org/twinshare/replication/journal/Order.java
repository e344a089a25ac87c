package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.EpochNanos;

/**
 * The one order of everything: gives each record its sequence, its time and the checksum of the tree. Guarded by the lock of
 * the {@link Journal}.
 */
final class Order {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final InstantSource clock;
    private long lastSequence;
    private long lastTimeNs;
    private long namespaceChecksum;
    private int epoch;
    private boolean endsWithMarker;

    /** @param last the record that was written last, or null */
    Order(InstantSource clock, long lastSequence, @Nullable JournalRecord last) {
        this.clock = clock;
        this.lastSequence = lastSequence;
        if (last != null) {
            take(last);
        }
    }

    /** What comes next comes from another journal: see {@link #follow}. */
    void copied() {
        endsWithMarker = true;
    }

    long lastSequence() {
        return lastSequence;
    }

    /** Whether another marker would say nothing new. */
    boolean endsWithMarker() {
        return endsWithMarker || lastSequence == 0;
    }

    void epoch(int current) {
        if (current < epoch) {
            throw new IllegalArgumentException("epoch " + current + " after " + epoch);
        }
        epoch = current;
    }

    /** The next record, which changes the checksum of the tree by so much. */
    JournalRecord next(byte type, long namespaceChange, ByteBuffer body) {
        long timeNs = Math.max(lastTimeNs + 1, EpochNanos.now(clock));
        JournalRecord next =
                new JournalRecord(lastSequence + 1, epoch, type, timeNs, namespaceChecksum ^ namespaceChange, body);
        take(next);
        return next;
    }

    JournalRecord marker() {
        return next(JournalRecord.MARKER, 0, NOTHING);
    }

    /** Takes the next record of another journal. */
    void follow(JournalRecord record) {
        if (record.sequence() != lastSequence + 1 || record.timeNs() <= lastTimeNs || record.epoch() < epoch) {
            throw new IllegalArgumentException("record " + record.sequence() + " of epoch " + record.epoch() + " after "
                    + lastSequence + " of epoch " + epoch);
        }
        take(record);
        // Markers of our own would take a place in the other journal's order.
        endsWithMarker = true;
    }

    private void take(JournalRecord record) {
        lastSequence = record.sequence();
        lastTimeNs = record.timeNs();
        namespaceChecksum = record.namespaceChecksum();
        epoch = record.epoch();
        endsWithMarker = record.isMarker();
    }
}
