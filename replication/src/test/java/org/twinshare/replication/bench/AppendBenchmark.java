package org.twinshare.replication.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFull;
import org.twinshare.replication.journal.JournalRefused;
import org.twinshare.replication.journal.JournalSettings;
import org.twinshare.replication.journal.Position;

/**
 * One durable record. Expected with {@code -t 1}: what one pwrite and one fdatasync cost on this disk, and 5 microseconds of
 * ours, for 200 bytes and for 4,300 alike. With {@code -t 32}: a sixth of that each or less, because they share the sync; then
 * waking threads up is what costs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 3, time = 3)
public class AppendBenchmark {
    private static final int RELEASE_EVERY = 1024;

    /** Size of the body in bytes. */
    @Param({"200", "4300"})
    public int bytes;

    /** On the disk to measure; a directory is made in it. */
    @Param("target")
    public String directory = "target";

    private Path place = Path.of("");
    private @Nullable Journal journal;
    private ByteBuffer body = ByteBuffer.allocate(0);

    @Setup
    public void open() throws IOException, JournalRefused {
        place = Files.createTempDirectory(Path.of(directory), "journal");
        journal = Journal.open(place, JournalSettings.DEFAULT, InstantSource.system(), 1, 0);
        body = ByteBuffer.allocate(bytes);
    }

    @TearDown
    public void close() throws IOException {
        journal().close();
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(place);
    }

    private Journal journal() {
        return Objects.requireNonNull(journal);
    }

    @Benchmark
    public long append() throws JournalFull {
        Journal open = journal();
        Position position = open.append((byte) 1, 1, body);
        open.awaitDurable(position.sequence());
        if (position.sequence() % RELEASE_EVERY == 0) {
            open.releaseUpTo(position.sequence(), 0);
        }
        return position.timeNs();
    }
}
