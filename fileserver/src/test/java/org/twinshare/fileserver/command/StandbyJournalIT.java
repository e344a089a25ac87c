package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Stability;
import org.twinshare.fileserver.server.JournalPlace;
import org.twinshare.replication.copy.CopyLimits;
import org.twinshare.replication.role.Terms;

/** More comes than the journal of a standby can hold. */
@Timeout(300)
final class StandbyJournalIT {
    private static final long JOURNAL_BYTES = (long) JournalPlace.MIN_MEBIBYTES << 20;
    private static final int LIVES = 8;
    private static final long TWICE = 2 * JOURNAL_BYTES;
    private static final int MIB = 1 << 20;
    /** Travels in the journal. */
    private static final int BYTES_OF_A_CALL = 32 << 10;

    @TempDir
    private Path base;

    /** Each time with some more records, and never with many. */
    @Test
    void itsJournalHasRoomForWhatComesHoweverOftenItHasStarted() throws Exception {
        try (PairOnLoopback pair = new PairOnLoopback(base, Terms.DEFAULT, JOURNAL_BYTES)) {
            pair.begin();
            for (int life = 0; life < LIVES; life++) {
                write(pair, "file" + life, TWICE / LIVES);
                pair.stopSecond();
                pair.startSecond();
                pair.awaitSecond(PairOnLoopback.IN_STEP);
                pair.awaitReplicated();
            }
            for (int life = 0; life < LIVES; life++) {
                assertIsEqual(pair, "file" + life);
            }
        }
    }

    /** The copy needs all records since it began. */
    @Test
    void theFirstCopyEndsAlthoughMoreRecordsComeMeanwhileThanItsJournalHolds() throws Exception {
        try (PairOnLoopback pair = new PairOnLoopback(base, Terms.DEFAULT, JOURNAL_BYTES)) {
            byte[] before = new byte[60 * MIB];
            new Random(60).nextBytes(before);
            Files.write(pair.data(PairOnLoopback.FIRST).resolve("before"), before);
            pair.join();
            // A minute is longer than the writes take.
            pair.copyLimits = new CopyLimits(CopyLimits.DEFAULT.maxRemoved(), MIB);
            pair.startSecond();
            pair.awaitSecond("made equal");

            // No more: the primary, whose journal has room again, would give up what the other one lacks.
            write(pair, "meanwhile", JOURNAL_BYTES);

            assertThat(pair.onSecond("status").out()).contains("made equal");
            pair.copyLimits = CopyLimits.DEFAULT;
            pair.stopSecond();
            pair.startSecond();
            pair.awaitSecond(PairOnLoopback.IN_STEP);
            assertIsEqual(pair, "before");
            assertIsEqual(pair, "meanwhile");
        }
    }

    private static void assertIsEqual(PairOnLoopback pair, String name) {
        assertThat(pair.data(PairOnLoopback.SECOND).resolve(name))
                .hasSameBinaryContentAs(pair.data(PairOnLoopback.FIRST).resolve(name));
    }

    private static void write(PairOnLoopback pair, String name, long count) throws IOException {
        byte[] data = new byte[BYTES_OF_A_CALL];
        try (NfsProbe probe = pair.connect(PairOnLoopback.FIRST)) {
            FileHandle root = PairOnLoopback.mount(probe);
            FileHandle file = probe.create(root, name, 0644).ok().handle().orElseThrow();
            for (long at = 0; at < count; at += data.length) {
                new Random(at).nextBytes(data);
                probe.write(file, at, Stability.FILE_SYNC, data).ok();
            }
        }
    }
}
