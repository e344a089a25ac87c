package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupCommitTest {
    private static final int THREADS = 32;
    private static final int RECORDS = 150;

    @TempDir
    Path directory;

    private record Written(int thread, int count, Position position) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesOneOrderToThirtyTwoAtOnceAndMakesAllDurable(boolean virtual) throws Exception {
        // A small buffer, so that appending has to wait for room too, and frequent markers between.
        JournalSettings settings = new JournalSettings(256 << 10, 16, 8 << 10, Duration.ofMillis(1));
        Map<Long, Written> written = new TreeMap<>();
        long groups;
        try (Journal journal = Journal.open(directory, settings, InstantSource.system(), Samples.CLUSTER, 0)) {
            ThreadFactory factory =
                    virtual ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
            try (ExecutorService threads = Executors.newThreadPerTaskExecutor(factory)) {
                List<Future<List<Written>>> all = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int thread = i;
                    all.add(threads.submit(() -> write(journal, thread)));
                }
                for (Future<List<Written>> one : all) {
                    one.get().forEach(each -> written.put(each.position().sequence(), each));
                }
            }
            groups = journal.statistics().groups();
        }
        assertThat(written).as("one sequence each").hasSize(THREADS * RECORDS);
        assertThat(written.values().stream().map(each -> each.position().timeNs()))
                .isSorted();
        assertThat(groups).as("together, not one by one").isLessThan(THREADS * RECORDS / 2);
        try (Journal journal = Journal.open(directory, settings, InstantSource.system(), Samples.CLUSTER, 0)) {
            checkAllThere(journal, written);
        }
    }

    private static List<Written> write(Journal journal, int thread) throws Exception {
        List<Written> written = new ArrayList<>();
        for (int count = 0; count < RECORDS; count++) {
            int bytes = count % 10 == 0 ? 3000 : 100;
            ByteBuffer body =
                    ByteBuffer.allocate(bytes).putInt(thread).putInt(count).rewind();
            Position position = journal.append(Samples.TYPE, 0, body);
            journal.awaitDurable(position.sequence());
            assertThat(journal.durableSequence()).isGreaterThanOrEqualTo(position.sequence());
            written.add(new Written(thread, count, position));
        }
        return written;
    }

    private static void checkAllThere(Journal journal, Map<Long, Written> written) throws Exception {
        int[] lastCount = new int[THREADS];
        Arrays.fill(lastCount, -1);
        try (JournalReader reader = journal.read(1)) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                if (record.isMarker()) {
                    continue;
                }
                int thread = record.body().getInt(0);
                int count = record.body().getInt(4);
                Position position = new Position(record.sequence(), record.timeNs());
                assertThat(written.remove(record.sequence())).isEqualTo(new Written(thread, count, position));
                assertThat(count).as("order of one thread").isEqualTo(lastCount[thread] + 1);
                lastCount[thread] = count;
            }
        }
        assertThat(written).isEmpty();
    }
}
