package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Bounds of the journal.
 *
 * @param segmentBytes size of each file, a multiple of 4,096; under 8 MiB only for tests
 * @param maxSegments  files in all; when all hold records that are still needed, appending fails until a checkpoint
 * @param pendingBytes the most that waits in memory to be written, and as much again while it is being written; then
 *                     appending waits. Not below the largest record
 * @param idle         after this long without a record, the last one gets the marker that says that it was durable; what
 *                     nobody waits for is written after at most twice this time
 */
public record JournalSettings(int segmentBytes, int maxSegments, int pendingBytes, Duration idle) {
    /** 1 GiB in files of 16 MiB, and 8 MiB of memory. */
    public static final JournalSettings DEFAULT = new JournalSettings(16 << 20, 64, 4 << 20, Duration.ofMillis(25));

    public JournalSettings {
        boolean valid = segmentBytes >= 2 * SegmentHeader.BYTES
                && segmentBytes % SegmentHeader.BYTES == 0
                && maxSegments >= 3
                && pendingBytes >= SegmentHeader.BYTES
                && idle.isPositive();
        if (!valid) {
            throw new IllegalArgumentException(segmentBytes + " bytes in each of " + maxSegments + " segments, "
                    + pendingBytes + " bytes pending, idle after " + idle);
        }
    }

    /** The most that the journal takes on disk. */
    public long maxBytes() {
        return (long) segmentBytes * maxSegments;
    }

    /** The largest body of a record, in bytes. */
    public int maxBodyBytes() {
        int room = Math.min(pendingBytes, segmentBytes - SegmentHeader.BYTES);
        return Math.min(room - Frame.HEADER_BYTES - Frame.ALIGNMENT, Frame.MAX_BODY_BYTES);
    }

    /** What a record with this body takes in a segment. */
    int frameBytes(ByteBuffer body) {
        if (body.remaining() > maxBodyBytes()) {
            throw new IllegalArgumentException(
                    "a record of " + body.remaining() + " bytes, and at most " + maxBodyBytes() + " fit");
        }
        return Frame.bytes(body.remaining());
    }
}
