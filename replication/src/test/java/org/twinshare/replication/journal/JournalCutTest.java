package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalCutTest {
    private static final int RECORDS = 120;

    @TempDir
    Path directory;

    private static MemoryDisk written() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            for (int i = 0; i < RECORDS / 4; i++) {
                Samples.group(journal, 4);
            }
        }
        return disk;
    }

    private static @Nullable LostTail cut(MemoryDisk disk, long sequence) throws Exception {
        return new JournalCut(disk, Samples.CLUSTER, new Random(sequence), sequence).run();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void endsAtAnyRecordAndGoesOnBehindIt() throws Exception {
        for (long sequence = 1; sequence <= RECORDS; sequence++) {
            MemoryDisk disk = written();
            assertThat(cut(disk, sequence))
                    .extracting(LostTail::firstSequence, LostTail::lastSequence, LostTail::records)
                    .containsExactly(sequence + 1, RECORDS + 1L, (int) (RECORDS - sequence));
            try (Journal journal = Samples.open(disk, Samples.TINY)) {
                assertThat(journal.report().tornTail()).isNull();
                assertThat(journal.lastSequence()).isEqualTo(sequence);
                Samples.group(journal, 1);
                assertThat(Samples.sequences(journal)).isEqualTo(upTo(sequence + 1));
            }
        }
    }

    @Test
    void leavesAJournalAloneThatEndsThere() throws Exception {
        MemoryDisk disk = written();
        List<String> names = disk.names();
        assertThat(cut(disk, RECORDS + 1)).isNull();
        assertThat(cut(disk, RECORDS + 100)).isNull();
        assertThat(disk.names()).isEqualTo(names);
    }

    @Test
    void isRefusedBeforeTheFirstRecord() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            for (int i = 0; i < RECORDS; i++) {
                Samples.group(journal, 1);
                journal.releaseUpTo(i, 0);
            }
            // By a thread of the journal's own; until then the record is there.
            await().until(() -> disk.names().stream().noneMatch(name -> name.equals("0000000001.segment")));
        }
        assertThatThrownBy(() -> cut(disk, 3)).isInstanceOf(JournalRefused.class);
    }

    /** At every operation, with any part of what was not synced: the journal is sound, and a second run ends at the cut. */
    @Test
    void survivesAPowerCutAtAnyTimeAndIsFinishedByRunningItAgain() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long cuts = 0;
        for (long sequence : new long[] {1, 31, 100}) {
            MemoryDisk once = written();
            long before = once.operations();
            cut(once, sequence);
            long operations = once.operations() - before;
            for (long at = 0; at < operations; at++) {
                MemoryDisk disk = written();
                AtomicReference<MemoryDisk> after = new AtomicReference<>();
                disk.beforeOperation(disk.operations() + at, () -> after.set(disk.afterPowerCut(random)));
                cut(disk, sequence);
                // How many operations a cut takes depends on how many segments were ready before it.
                MemoryDisk left = after.get();
                if (left != null) {
                    finish(left, sequence, "seed " + seed + ", cut after " + sequence + ", operation " + at);
                    cuts++;
                }
            }
        }
        assertThat(cuts).isGreaterThan(50);
    }

    private static void finish(MemoryDisk disk, long sequence, String how) throws Exception {
        try {
            LostTail unused = cut(disk, sequence);
            assertThat(disk.names()).as(how).anyMatch(name -> name.startsWith("lost-tail-0"));
            try (Journal journal = Samples.open(disk, Samples.TINY)) {
                assertThat(journal.lastSequence()).as(how).isEqualTo(sequence);
                assertThat(Samples.sequences(journal)).as(how).isEqualTo(upTo(sequence));
            }
        } catch (JournalRefused e) {
            throw new AssertionError(how, e);
        }
    }

    @Test
    void keepsTheTailSoThatItCanBeRead() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.TINY, InstantSource.system(), Samples.CLUSTER, 0)) {
            Samples.group(journal, 100);
        }
        LostTail tail = Objects.requireNonNull(CopiedJournal.cutAfter(directory, Samples.CLUSTER, 30));
        List<Long> found = new ArrayList<>();
        CopiedJournal.readLostTail(directory, tail, record -> {
            if (!record.isMarker()) {
                assertThat(record.body())
                        .isEqualTo(Samples.body(record.sequence(), Samples.usualBytes(record.sequence())));
                found.add(record.sequence());
            }
        });
        assertThat(found).isEqualTo(LongStream.rangeClosed(31, 100).boxed().toList());
    }

    @Test
    void beginsACopyAtAnyRecordAndPutsNoMarkerIntoIt() throws Exception {
        JournalSettings quick = new JournalSettings(8192, 5, 4096, Duration.ofMillis(2));
        MemoryDisk disk = written();
        try (Journal source = Samples.open(disk, Samples.TINY);
                JournalReader reader = source.read(50)) {
            try (Journal copy = CopiedJournal.begin(directory, quick, InstantSource.system(), Samples.CLUSTER, 50)) {
                for (int i = 0; i < 10; i++) {
                    copy.appendCopy(Objects.requireNonNull(reader.next()));
                }
            }
            assertThatThrownBy(() -> CopiedJournal.begin(directory, quick, InstantSource.system(), Samples.CLUSTER, 50))
                    .hasMessageContaining("there is one already");
            try (Journal copy = CopiedJournal.open(directory, quick, InstantSource.system(), Samples.CLUSTER, 49)) {
                await().during(Duration.ofMillis(50)).until(() -> copy.lastSequence() == 59);
                copy.appendCopy(Objects.requireNonNull(reader.next()));
                copy.epoch(2);
                Samples.append(copy);
                await().until(() -> copy.lastSequence() == 62);
            }
        }
    }

    /** After a power cut at any time the rest is a journal that begins where it did, or there is none. */
    @Test
    void isDiscardedFromItsNewestEndOn() throws Exception {
        Random random = new Random(7);
        MemoryDisk once = written();
        long before = once.operations();
        CopiedJournal.discard(once);
        assertThat(once.names()).noneMatch(Segment::isName);
        int sound = 0;
        for (long at = 0; at < once.operations() - before; at++) {
            MemoryDisk disk = written();
            AtomicReference<MemoryDisk> after = new AtomicReference<>();
            disk.beforeOperation(disk.operations() + at, () -> after.set(disk.afterPowerCut(random)));
            CopiedJournal.discard(disk);
            MemoryDisk left = after.get();
            if (left != null && left.names().stream().anyMatch(Segment::isName)) {
                try (Journal journal = Samples.open(left, Samples.TINY)) {
                    List<Long> records = Samples.sequences(journal);
                    assertThat(records).isNotEmpty().isEqualTo(upTo(records.size()));
                }
                sound++;
            }
        }
        assertThat(sound).isGreaterThan(3);
    }

    @Test
    void isNotDiscardedWhileItIsOpen() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.TINY, InstantSource.system(), Samples.CLUSTER, 0)) {
            Samples.group(journal, 100);
            assertThatThrownBy(() -> CopiedJournal.discard(directory))
                    .isInstanceOf(JournalRefused.class)
                    .hasMessageContaining("is in use");
            assertThat(Samples.sequences(journal)).isEqualTo(upTo(100));
        }
        CopiedJournal.discard(directory);
        assertThat(CopiedJournal.isIn(directory)).isFalse();
    }
}
