package org.twinshare.fileserver.server;

import java.nio.file.Path;
import java.time.Duration;
import org.twinshare.replication.TreeSettings;
import org.twinshare.replication.journal.JournalSettings;

/**
 * Where the journal is, and the most that it takes there.
 *
 * @param maxBytes        a multiple of the size of a segment
 * @param checkpointEvery time between checkpoints while something changes
 */
public record JournalPlace(Path directory, long maxBytes, Duration checkpointEvery) {
    /** Fewer segments would leave none to write while another is given up. */
    public static final int MIN_MEBIBYTES = 64;

    public static final int MAX_MEBIBYTES = 1 << 20;

    /** In the state directory, 1 GiB. */
    public static JournalPlace in(Path state) {
        return new JournalPlace(
                state.resolve("journal"), JournalSettings.DEFAULT.maxBytes(), TreeSettings.DEFAULT.checkpointEvery());
    }

    /** The settings of a tree with such a journal. */
    TreeSettings treeSettings() {
        JournalSettings journal = JournalSettings.DEFAULT;
        JournalSettings bounded = new JournalSettings(
                journal.segmentBytes(),
                (int) (maxBytes / journal.segmentBytes()),
                journal.pendingBytes(),
                journal.idle());
        return TreeSettings.DEFAULT.with(bounded, checkpointEvery);
    }
}
