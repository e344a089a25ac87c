package org.twinshare.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Stability;
import org.twinshare.replication.journal.JournalSettings;

/** What is bounded by a setting stays below it, however much is done. */
class BoundsTest extends OwnTree {
    private static final JournalSettings JOURNAL = new JournalSettings(128 << 10, 8, 64 << 10, Duration.ofMillis(25));
    private static final int OUTCOMES = 100;
    private static final int PENDING_CHANGES = 200;
    private static final int CHANGES_OF_ONE_CALL = 10;
    private static final long UNCOMMITTED_BYTES = 1 << 20;
    private static final TreeSettings SETTINGS = new TreeSettings(
            JOURNAL, 4096, UNCOMMITTED_BYTES, Duration.ofHours(1), Long.MAX_VALUE, PENDING_CHANGES, 1 << 20, OUTCOMES);

    private Served open() throws Exception {
        return Served.open(export, state, SETTINGS, step -> {});
    }

    private long file(Served served, String name) {
        return served.tree.change(call(), create(served, name)).object();
    }

    private void write(Served served, long file, int offset, int bytes, Stability stability) {
        ByteBuffer data = ByteBuffer.allocateDirect(bytes);
        assertThat(served.tree
                        .change(call(), new Operation.Write(served.admin, file, offset, data, stability))
                        .error())
                .isNull();
    }

    private long bytesOfTheJournal() throws IOException {
        try (Stream<Path> files = Files.list(state.resolve("journal"))) {
            long bytes = 0;
            for (Path file : files.toList()) {
                try {
                    bytes += Files.size(file);
                } catch (NoSuchFileException e) {
                    // It was just renamed.
                }
            }
            return bytes;
        }
    }

    @Test
    void theJournalNeverTakesMoreThanItMay() throws Exception {
        try (Served served = open()) {
            long file = file(served, "file");
            long most = 0;
            // Four times what there is room for.
            for (int i = 0; i < 4 * JOURNAL.maxBytes() / 4096; i++) {
                write(served, file, i * 4096, 4096, Stability.FILE_SYNC);
                most = Math.max(most, bytesOfTheJournal());
            }

            assertThat(most).isBetween(JOURNAL.maxBytes() / 2, JOURNAL.maxBytes());
            assertThat(served.tree.statistics().journalBytes()).isEqualTo(JOURNAL.maxBytes());
            assertThat(served.tree.statistics().checkpoints()).isPositive();
        }
    }

    @Test
    void bytesThatNobodyCommitsTakeNoMoreMemoryThanTheyMay() throws Exception {
        try (Served served = open()) {
            // Four times what there is room for.
            for (int i = 0; i < 4 * UNCOMMITTED_BYTES / 4000; i++) {
                write(served, file(served, "file" + i), 0, 4000, Stability.UNSTABLE);
                assertThat(served.tree.statistics().uncommittedBytes()).isLessThanOrEqualTo(UNCOMMITTED_BYTES);
            }
            assertThat(served.tree.statistics().uncommittedBytes()).isPositive();
        }
    }

    /** Nothing looks at it as often as it grows here: clients wait. */
    @Test
    void theIndexInMemoryNeverTakesMoreThanTwiceOfWhatIsWrittenAtOnce() throws Exception {
        try (Served served = open()) {
            for (int i = 0; i < 20 * PENDING_CHANGES; i++) {
                file(served, "file" + i);
                assertThat(served.tree.statistics().pendingChanges())
                        .isLessThan(2 * PENDING_CHANGES + CHANGES_OF_ONE_CALL);
            }
            assertThat(served.tree.statistics().checkpoints()).isPositive();
        }
    }

    @Test
    void aStartAfterACrashNeverHasMoreToCarryOutThanTwiceOfWhatACheckpointComesAfter() throws Exception {
        long bytes = 64 << 10;
        TreeSettings settings = new TreeSettings(
                JOURNAL, 4096, UNCOMMITTED_BYTES, Duration.ofHours(1), bytes, Integer.MAX_VALUE, 1 << 20, OUTCOMES);
        try (Served served = Served.open(export, state, settings, step -> {})) {
            long file = file(served, "file");
            for (int i = 0; i < 100; i++) {
                write(served, file, 0, 4000, Stability.FILE_SYNC);
                TreeStatistics now = served.tree.statistics();
                assertThat((now.journal().lastSequence() - now.checkpointSequence()) * 4000)
                        .isLessThan(2 * bytes + 2 * 4096);
            }
        }
    }

    @Test
    void noMoreCallsAreRememberedOverARestartThanMayBe() throws Exception {
        CallId first = call();
        CallId last = first;
        try (Served served = open()) {
            assertThat(served.tree.change(first, create(served, "first")).error())
                    .isNull();
            for (int i = 0; i < 3 * OUTCOMES; i++) {
                last = call();
                assertThat(served.tree.change(last, create(served, "file" + i)).error())
                        .isNull();
            }
        }
        try (Served again = open()) {
            assertThat(again.tree.statistics().survivingOutcomes()).isEqualTo(OUTCOMES);
            assertThat(again.tree.outcomeOf(first)).isNull();
            assertThat(again.tree.outcomeOf(last)).isNotNull();
        }
    }
}
