package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes a journal, at any time: what it said was durable is there. */
class KillTest {
    private static final int KILLS = 8;

    @TempDir
    Path directory;

    @Test
    void keepsWhatTheKilledProcessSaidWasDurable() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long last = 0;
        for (int i = 0; i < KILLS; i++) {
            Set<Long> durable = writeAndKill(last, 1 + random.nextInt(1500));
            last = Collections.max(durable);
            try (Journal journal =
                    Journal.open(directory, Writer.SETTINGS, InstantSource.system(), Samples.CLUSTER, last)) {
                check(journal, durable, "seed " + seed + ", kill " + i);
            } catch (JournalRefused e) {
                throw new AssertionError("seed " + seed + ", kill " + i, e);
            }
        }
    }

    private static void check(Journal journal, Set<Long> durable, String how) throws Exception {
        long oldest = journal.report().oldestSequence();
        durable.removeIf(sequence -> sequence < oldest);
        assertThat(durable).as(how).isNotEmpty();
        try (JournalReader reader = journal.read(oldest)) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                durable.remove(record.sequence());
            }
        }
        assertThat(durable).as(how + ": said to be durable, and not there").isEmpty();
    }

    /** Lets it write until it has reported so many, and returns those and what it reported meanwhile. */
    private Set<Long> writeAndKill(long checkpoint, int reports) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        directory.toString(),
                        Long.toString(checkpoint))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Set<Long> durable = new HashSet<>();
        try (DataInputStream in = new DataInputStream(process.getInputStream())) {
            while (true) {
                durable.add(in.readLong());
                if (durable.size() == reports) {
                    // Not the process itself, which would close the stream too.
                    process.toHandle().destroyForcibly();
                }
            }
        } catch (EOFException e) {
            process.waitFor();
            return durable;
        }
    }
}
