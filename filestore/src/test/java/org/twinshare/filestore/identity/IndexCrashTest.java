package org.twinshare.filestore.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;

/** The index of a process that is killed at any moment: what it flushed is there, in whole, and no id is given twice. */
class IndexCrashTest {
    private static final int ROUNDS = 6;

    @TempDir
    Path state = Path.of("");

    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());

    /** The process: adds objects with two names each, flushes, and says how far it has come. */
    static final class Child {
        private Child() {}

        @SuppressWarnings("SystemOut") // this is how it talks to its parent
        public static void main(String[] arguments) throws Exception {
            ObjectIndex index = ObjectIndex.open(Path.of(arguments[0]));
            while (true) {
                long last = 0;
                for (int i = 0; i < 20; i++) {
                    long id = index.newId();
                    long unusedVersion = index.put(record(id));
                    index.addLink(id, new Link(1, Name.of("other-" + id)));
                    last = id;
                }
                index.flush(index.version());
                System.out.println(last);
                System.out.flush();
            }
        }
    }

    private static ObjectRecord record(long id) {
        return new ObjectRecord(
                id,
                1,
                FileType.REGULAR,
                1_000_000 + id,
                id,
                null,
                new Link(1, Name.of("name-" + id)),
                id,
                id,
                id % 3 == 0 ? Long.valueOf(id) : null);
    }

    @Test
    void whatWasFlushedIsThereAfterTheProcessWasKilled() throws Exception {
        System.err.println("IndexCrashTest seed " + seed + " (-Dtwinshare.seed)");
        Random random = new Random(seed);
        List<Long> told = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<Long> now = runAndKill(2 + random.nextInt(60), random.nextInt(2_000_000));
            if (!told.isEmpty() && !now.isEmpty()) {
                assertThat(now.get(0)).as("first id after a crash").isGreaterThan(told.getLast());
            }
            told.addAll(now);
            check(told);
        }
        assertThat(told).isSorted().doesNotHaveDuplicates().isNotEmpty();
    }

    /** The last id of each flush that the process told of before it was killed. */
    private List<Long> runAndKill(int flushes, int thenNs) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Long> told = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < flushes; i++) {
                told.add(Long.valueOf(Objects.requireNonNull(out.readLine())));
            }
            long until = System.nanoTime() + thenNs;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            boolean killed = process.toHandle().destroyForcibly(); // SIGKILL, and what it said can still be read
            assertThat(killed).isTrue();
            out.lines().map(Long::valueOf).forEach(told::add);
        }
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        return told;
    }

    private void check(List<Long> told) throws Exception {
        try (ObjectIndex index = ObjectIndex.open(state)) {
            for (long last : told) {
                for (long id = last - 19; id <= last; id++) {
                    ObjectRecord record = Objects.requireNonNull(index.get(id), "object " + id);
                    assertThat(record).isEqualTo(record(id));
                    assertThat(index.find(1, 1_000_000 + id)).isEqualTo(record);
                    assertThat(index.otherLinks(id)).containsExactly(new Link(1, Name.of("other-" + id)));
                }
            }
            assertThat(index.newId()).isGreaterThan(told.getLast());
        }
    }
}
