package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Records that go to disk together. One group gathers while the other is written; guarded by the lock of the
 * {@link Journal} while it gathers, and by the one thread that writes it then.
 */
final class Group {
    /** Waited on by those whose record is in this group. */
    final Condition done;

    private final ByteBuffer frames;
    private int records;
    private long lastSequence;

    Group(int bytes, Condition done) {
        frames = ByteBuffer.allocateDirect(bytes);
        this.done = done;
    }

    boolean hasRoom(int bytes) {
        return frames.remaining() >= bytes;
    }

    boolean isEmpty() {
        return records == 0;
    }

    int bytes() {
        return frames.position();
    }

    int records() {
        return records;
    }

    long lastSequence() {
        return lastSequence;
    }

    void add(JournalRecord record) {
        Frame.put(frames, record);
        records++;
        lastSequence = record.sequence();
    }

    /**
     * Hands the group to the follower and writes it at the end of the segment.
     *
     * @return the crc of the last frame
     */
    int write(Segment segment, long offset, long durableSequence, @Nullable GroupFollower follower) throws IOException {
        if (isEmpty()) {
            return segment.crc;
        }
        frames.flip();
        if (follower != null) {
            follower.group(frames.asReadOnlyBuffer(), Frame.sequence(frames, 0), lastSequence);
        }
        int crc = segment.crc;
        int at = 0;
        while (at < frames.limit()) {
            crc = Frame.seal(frames, at, durableSequence, crc, segment.header.nonce());
            at += Frame.align(frames.getInt(at));
        }
        segment.file.write(frames, offset);
        return crc;
    }

    /** Nothing is in it, and the sync is for what was written up to here. */
    void covers(long sequence) {
        lastSequence = sequence;
    }

    void clear() {
        frames.clear();
        records = 0;
    }
}
