package org.twinshare.replication.journal;

/**
 * Sizes of the journal.
 *
 * @param segmentBytes of each file, a multiple of 1 MiB
 * @param maxSegments  files in all; when all hold records that are still needed, appending waits for a checkpoint
 */
public record JournalSettings(int segmentBytes, int maxSegments) {
    /** 1 GiB in files of 64 MiB. */
    public static final JournalSettings DEFAULT = new JournalSettings(64 << 20, 16);

    public JournalSettings {
        if (segmentBytes < 1 << 20 || (segmentBytes & (1 << 20) - 1) != 0 || maxSegments < 2) {
            throw new IllegalArgumentException("segments of " + segmentBytes + " bytes, at most " + maxSegments);
        }
    }

    int segmentMegabytes() {
        return segmentBytes >> 20;
    }

    /** The most that the journal takes on disk. */
    public long maxBytes() {
        return (long) segmentBytes * maxSegments;
    }
}
