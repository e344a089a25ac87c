package org.twinshare.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.journal.JournalSettings;

/**
 * A start after a crash that has to carry out a whole journal, because no checkpoint was made since it began. In a process of
 * its own with the memory of a server. The long form, with its figures, is described in docs/journal.md.
 */
class LongJournalTest extends OwnTree {
    private static final String MIB = "restart.journal.mib";
    private static final String BYTES = "restart.file.bytes";
    private static final long JOURNAL_BYTES = Integer.getInteger(MIB, 4) * (1L << 20);
    private static final int FILE_BYTES = Integer.getInteger(BYTES, 4096);
    private static final int DIRECTORIES = 64;
    private static final int THREADS = 8;
    private static final String[] SERVER = {
        "-Xms48m", "-Xmx192m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=256m", "-XX:+ExitOnOutOfMemoryError"
    };

    /** A checkpoint is made by nothing but a journal that is full, and it does not come to that. */
    private static final TreeSettings SETTINGS = new TreeSettings(
            new JournalSettings(16 << 20, 80, 4 << 20, Duration.ofMillis(25)),
            TreeSettings.DEFAULT.byValueBytes(),
            TreeSettings.DEFAULT.uncommittedBytes(),
            Duration.ofDays(1),
            Long.MAX_VALUE,
            Integer.MAX_VALUE,
            TreeSettings.DEFAULT.keptBytes(),
            TreeSettings.DEFAULT.outcomes());

    @Test
    void aServerThatWasKilledHasEverythingOfALongJournal() throws Exception {
        process("fill", "-Xmx1g");
        process("start", SERVER);
        assertEveryFileIsThere();
    }

    @Test
    void aSystemThatCrashedGetsEverythingBackOfALongJournal() throws Exception {
        process("fill", "-Xmx1g");
        try (Stream<Path> below = Files.list(export)) {
            for (Path path : below.toList()) {
                Served.delete(path);
            }
        }
        process("start", SERVER);
        assertEveryFileIsThere();
    }

    private void process(String what, String... memory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(memory));
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-D" + MIB + "=" + (JOURNAL_BYTES >> 20),
                "-D" + BYTES + "=" + FILE_BYTES,
                "-cp",
                System.getProperty("java.class.path"),
                LongJournalTest.class.getName(),
                what,
                base.toString()));
        assertThat(run(command.toArray(String[]::new))).isZero();
    }

    /** Writes a journal or starts with one. */
    public static void main(String[] arguments) throws Exception {
        Path base = Path.of(arguments[1]);
        if (arguments[0].equals("fill")) {
            int files = new Filling(open(base)).run();
            Files.writeString(base.resolve("files"), Integer.toString(files));
            // No last checkpoint, of the index neither.
            Runtime.getRuntime().halt(0);
        }
        long begin = System.nanoTime();
        try (Served served = open(base)) {
            tell(served.tree.statistics().recoveredRecords(), Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    private static Served open(Path base) throws Exception {
        return Served.open(
                base.resolve("export"), base.resolve("state"), LocalTree.Limits.DEFAULT, SETTINGS, step -> {});
    }

    private static void tell(long records, Duration passed) throws IOException {
        Duration processor = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        Duration own = Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        String memory = Files.readAllLines(Path.of("/proc/self/status"), UTF_8).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .collect(Collectors.joining());
        System.out.printf(
                "LongJournalTest: %d records carried out in %d ms; processor %d ms, and %d ms with its compiler; %s%n",
                records, passed.toMillis(), own.toMillis(), processor.toMillis(), memory);
    }

    /** Makes small files by several clients, as they are uploaded, until the journal is long enough. */
    private record Filling(Served served, AtomicInteger files) {
        Filling(Served served) {
            this(served, new AtomicInteger());
        }

        int run() throws Exception {
            List<Long> directories = new ArrayList<>();
            for (int i = 0; i < DIRECTORIES; i++) {
                directories.add(done(
                        call(THREADS, i),
                        new Operation.MakeDirectory(served.admin, served.root, Name.of("d" + i), mode(0755))));
            }
            List<Future<?>> all = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
                for (int i = 0; i < THREADS; i++) {
                    int thread = i;
                    all.add(threads.submit(() -> fill(directories, thread)));
                }
            }
            for (Future<?> each : all) {
                Object unused = each.get();
            }
            return files.get();
        }

        private void fill(List<Long> directories, int thread) {
            ByteBuffer data = ByteBuffer.allocateDirect(FILE_BYTES);
            int number = 0;
            while (served.tree.statistics().journal().bytes() < JOURNAL_BYTES) {
                int file = files.getAndIncrement();
                long directory = directories.get(file % DIRECTORIES);
                Name name = Name.of("DSC_" + file + ".jpg");
                long id = done(
                        call(thread, ++number),
                        new Operation.Create(
                                served.admin, directory, name, Operation.CreateMode.GUARDED, mode(0644), 0));
                data.clear().putInt(0, file);
                long unused = done(
                        call(thread, ++number), new Operation.Write(served.admin, id, 0, data, Stability.FILE_SYNC));
            }
        }

        private long done(CallId call, Operation operation) {
            Outcome outcome = served.tree.change(call, operation);
            assertThat(outcome.error()).isNull();
            return outcome.object();
        }

        private static CallId call(int thread, int number) {
            return new CallId(InetAddress.getLoopbackAddress(), number, 8, thread);
        }

        private static SetAttributes mode(int mode) {
            return new SetAttributes(mode, null, null, null, null, null);
        }
    }

    private void assertEveryFileIsThere() throws IOException {
        int files = Integer.parseInt(Files.readString(base.resolve("files")));
        assertThat(files).isPositive();
        for (int i = 0; i < files; i++) {
            byte[] bytes =
                    Files.readAllBytes(export.resolve("d" + i % DIRECTORIES).resolve("DSC_" + i + ".jpg"));
            assertThat(bytes).hasSize(FILE_BYTES);
            assertThat(ByteBuffer.wrap(bytes).getInt()).isEqualTo(i);
        }
    }
}
