package org.twinshare.replication;

import java.time.Duration;
import org.twinshare.replication.journal.JournalSettings;

/**
 * Bounds of a journaled tree.
 *
 * @param journal           of the journal itself
 * @param byValueBytes      synchronous data up to this size travel in the journal, and so does what a COMMIT finds
 *                          uncommitted of a file; with more the file is synced by itself
 * @param uncommittedBytes  memory for the uncommitted bytes of all files
 * @param checkpointEvery   time between checkpoints while something changes
 * @param checkpointBytes   of records after which one comes at once; a restart after a crash has to carry out so many
 * @param checkpointChanges of the index in memory after which one comes at once
 * @param keptBytes         of the journal that are kept behind a checkpoint, for the reply cache of the next start
 * @param outcomes          calls of before a restart that are remembered
 */
public record TreeSettings(
        JournalSettings journal,
        int byValueBytes,
        long uncommittedBytes,
        Duration checkpointEvery,
        long checkpointBytes,
        int checkpointChanges,
        long keptBytes,
        int outcomes) {
    private static final int KEPT_PART = 4;

    /** For a heap of 192 MB and a journal of 1 GiB. */
    public static final TreeSettings DEFAULT = new TreeSettings(
            JournalSettings.DEFAULT,
            64 << 10,
            24L << 20,
            Duration.ofSeconds(5),
            64L << 20,
            100_000,
            128L << 20,
            64 << 10);

    /**
     * The newest segments that are kept although a checkpoint has made them superfluous to the tree: they are the reply cache of
     * the next start, or of a standby's first calls as the primary. A quarter of the journal at most, and the one that is being
     * written. Segments, and not bytes that were written since the start: a server that starts often would keep everything.
     */
    public int keptSegments() {
        return (int) (Math.min(keptBytes, journal.maxBytes() / KEPT_PART) / journal.segmentBytes()) + 1;
    }

    /** The same with another journal, which a checkpoint must be able to keep from filling up. */
    public TreeSettings with(JournalSettings other, Duration everySoOften) {
        return new TreeSettings(
                other,
                byValueBytes,
                uncommittedBytes,
                everySoOften,
                Math.min(checkpointBytes, other.maxBytes() / 4),
                checkpointChanges,
                keptBytes,
                outcomes);
    }
}
