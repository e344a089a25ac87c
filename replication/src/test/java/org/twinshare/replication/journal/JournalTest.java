package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final ByteBuffer SOME = ByteBuffer.wrap(new byte[] {1, 2, 3});

    private final MemoryDisk disk = new MemoryDisk();

    @TempDir
    Path directory;

    @Test
    void returnsWhatWasAppendedInItsOrder() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            Samples.group(journal, 30);
            assertThat(Samples.sequences(journal))
                    .isEqualTo(LongStream.rangeClosed(1, 30).boxed().toList());
        }
    }

    @Test
    void returnsItAgainAfterAnotherStartAndGoesOnBehindIt() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            Samples.group(journal, 30);
        }
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            assertThat(journal.report().tornTail()).isNull();
            assertThat(journal.durableSequence()).isEqualTo(31);
            Samples.group(journal, 3);
            assertThat(Samples.sequences(journal)).hasSize(33).endsWith(30L, 32L, 33L, 34L);
        }
    }

    @Test
    void worksOnARealDiskToo() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.TINY, InstantSource.system(), Samples.CLUSTER, 0)) {
            Samples.group(journal, 60);
        }
        try (Journal journal = Journal.open(directory, Samples.TINY, InstantSource.system(), Samples.CLUSTER, 0)) {
            assertThat(Samples.sequences(journal)).hasSize(60);
        }
    }

    @Test
    void isOpenedOnceAtATime() throws Exception {
        try (Journal unused = Journal.open(directory, Samples.TINY, InstantSource.system(), Samples.CLUSTER, 0)) {
            assertThatThrownBy(() -> Journal.open(directory, Samples.TINY, InstantSource.system(), Samples.CLUSTER, 0))
                    .isInstanceOf(JournalRefused.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void givesEveryRecordALaterTimeAlsoWhenTheClockGoesBack() throws Exception {
        Instant[] now = {Instant.ofEpochSecond(100, 5)};
        var wanted = new Opening.Wanted(Samples.CLUSTER, 0);
        try (Journal journal = Opening.open(disk, Samples.TINY, () -> now[0], wanted)) {
            assertThat(journal.append(Samples.TYPE, 0, SOME)).isEqualTo(new Position(1, 100_000_000_005L));
            assertThat(journal.append(Samples.TYPE, 0, SOME)).isEqualTo(new Position(2, 100_000_000_006L));
            now[0] = Instant.ofEpochSecond(99);
            assertThat(journal.append(Samples.TYPE, 0, SOME).timeNs()).isEqualTo(100_000_000_007L);
        }
        try (Journal journal = Opening.open(disk, Samples.TINY, () -> now[0], wanted)) {
            assertThat(journal.append(Samples.TYPE, 0, SOME).timeNs()).isGreaterThan(100_000_000_007L);
        }
    }

    @Test
    void keepsEpochTypeAndTheChecksumOfTheTree() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            journal.epoch(3);
            journal.append((byte) 9, 0b1100, SOME);
            journal.append((byte) 8, 0b1010, SOME);
        }
        try (Journal journal = Samples.open(disk, Samples.TINY);
                JournalReader reader = journal.read(1)) {
            JournalRecord first = reader.next();
            assertThat(first)
                    .extracting(JournalRecord::epoch, JournalRecord::type)
                    .containsExactly(3, (byte) 9);
            assertThat(first).extracting(JournalRecord::namespaceChecksum).isEqualTo(0b1100L);
            assertThat(reader.next())
                    .extracting(JournalRecord::namespaceChecksum)
                    .isEqualTo(0b0110L);
            assertThatThrownBy(() -> journal.epoch(2)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesTheRecordsOfAnotherJournalAsTheyAre() throws Exception {
        MemoryDisk copyDisk = new MemoryDisk();
        try (Journal journal = Samples.open(disk, Samples.TINY);
                Journal copy = Samples.open(copyDisk, Samples.TINY);
                JournalReader reader = journal.read(1)) {
            Samples.group(journal, 40);
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                copy.appendCopy(record);
            }
            copy.awaitDurable(40);
            assertThat(Samples.sequences(copy)).isEqualTo(Samples.sequences(journal));
            JournalRecord gap = new JournalRecord(42, 0, Samples.TYPE, Long.MAX_VALUE, 0, SOME);
            assertThatThrownBy(() -> copy.appendCopy(gap)).isInstanceOf(IllegalArgumentException.class);
        }
        try (Journal copy = Samples.open(copyDisk, Samples.TINY)) {
            assertThat(copy.lastSequence()).as("no marker of its own").isEqualTo(40);
        }
    }

    /** Copied once more into the same place it would be the same frame, with the one that was cut off behind it. */
    @Test
    void doesNotBringBackWhatWasCutOffWhenTheRecordBeforeItComesAgain() throws Exception {
        MemoryDisk crashed;
        JournalRecord second = new JournalRecord(2, 0, Samples.TYPE, 0, 0, SOME);
        try (Journal journal = Samples.open(disk, Samples.TINY);
                JournalReader reader = journal.read(2)) {
            Samples.group(journal, 1);
            Samples.group(journal, 2);
            crashed = disk.afterKill();
            while (reader.position() == 2) {
                JournalRecord record = reader.next();
                if (record != null && record.sequence() == 2) {
                    ByteBuffer body = Samples.body(2, Samples.usualBytes(2));
                    second = new JournalRecord(2, 0, record.type(), record.timeNs(), record.namespaceChecksum(), body);
                }
            }
        }
        // Behind the frame of record 1, with its body of 37 bytes.
        crashed.bytes(Segment.name(1))[SegmentHeader.BYTES + 88 + 60] ^= 1;
        try (Journal journal = Samples.open(crashed, Samples.TINY)) {
            assertThat(journal.report().tornTail())
                    .extracting(OpenReport.TornTail::sequence, OpenReport.TornTail::wholeFrames)
                    .containsExactly(2L, 1);
            journal.appendCopy(second);
            journal.awaitDurable(2);
        }
        try (Journal journal = Samples.open(crashed, Samples.TINY)) {
            assertThat(journal.lastSequence()).isEqualTo(2);
        }
    }

    @Test
    void takesTheLargestBodyAndNothingLarger() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            int largest = Samples.TINY.maxBodyBytes();
            for (int i = 0; i < 3; i++) {
                journal.awaitDurable(journal.append(Samples.TYPE, 0, ByteBuffer.allocate(largest))
                        .sequence());
            }
            assertThatThrownBy(() -> journal.append(Samples.TYPE, 0, ByteBuffer.allocate(largest + 1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(journal.lastSequence()).isEqualTo(3);
        }
        assertThat(JournalSettings.DEFAULT.maxBodyBytes()).isEqualTo(2 << 20);
    }

    @Test
    void isFullUntilRecordsAreReleasedAndLosesNothing() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            assertThatThrownBy(() -> {
                        while (true) {
                            Samples.group(journal, 1);
                        }
                    })
                    .isInstanceOf(JournalFull.class)
                    .hasMessageContaining("all 5 segments hold records that are still needed");
            long last = journal.durableSequence();
            assertThat(journal.lastSequence()).isEqualTo(last);
            assertThat(journal.statistics().refused()).isEqualTo(1);
            journal.releaseUpTo(last / 2, 0);
            Samples.group(journal, 1);
            assertThat(Samples.sequences(journal, journal.statistics().oldestSequence()))
                    .isEqualTo(LongStream.rangeClosed(journal.statistics().oldestSequence(), last + 1)
                            .boxed()
                            .toList());
        }
    }

    @Test
    void usesItsFilesAgainAndTakesNoMoreThanItMay() throws Exception {
        long last;
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            for (int i = 0; i < 600; i++) {
                Samples.group(journal, 1);
                journal.releaseUpTo(journal.lastSequence() - 10, 0);
                assertThat(journal.statistics().files()).isLessThanOrEqualTo(5);
            }
            last = journal.lastSequence();
            assertThat(disk.names()).hasSizeLessThanOrEqualTo(5);
            assertThat(journal.statistics().oldestSequence()).isGreaterThan(last - 150);
        }
        try (Journal journal = Samples.open(disk, Samples.TINY, last - 10)) {
            assertThat(Samples.sequences(journal, last - 10)).hasSize(11);
        }
    }

    /** However many starts have written them. */
    @Test
    void keepsTheNewestSegmentsWhereThatIsAskedFor() throws Exception {
        long last = 0;
        for (int start = 0; start < 10; start++) {
            try (Journal journal = Samples.open(disk, Samples.TINY, last)) {
                for (int i = 0; i < 20; i++) {
                    Samples.group(journal, 1);
                    last = journal.durableSequence();
                    journal.releaseUpTo(last, 3);
                    assertThat(journal.statistics().usedSegments()).isLessThanOrEqualTo(3);
                }
            }
        }
        try (Journal journal = Samples.open(disk, Samples.TINY, last)) {
            assertThat(journal.statistics().usedSegments()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void neverReleasesItsLastRecord() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            Samples.group(journal, 5);
            journal.releaseUpTo(1000, 0);
        }
        try (Journal journal = Samples.open(disk, Samples.TINY, 6)) {
            assertThat(journal.lastSequence()).isEqualTo(6);
        }
    }

    @Test
    void tellsAReaderThatItsRecordsAreGone() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY);
                JournalReader reader = journal.read(1)) {
            Samples.group(journal, 10);
            assertThat(reader.next()).extracting(JournalRecord::sequence).isEqualTo(1L);
            Samples.group(journal, 90);
            journal.releaseUpTo(60, 0);
            assertThatThrownBy(() -> {
                        while (reader.next() != null) {}
                    })
                    .isInstanceOf(RecordsReleased.class);
        }
    }

    @Test
    void followsTheJournalAsItGrows() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY);
                JournalReader reader = journal.read(1)) {
            for (long expected = 1; expected <= 100; expected++) {
                assertThat(reader.next()).isNull();
                long sequence = Samples.append(journal);
                assertThat(reader.next()).as("not durable yet").isNull();
                journal.awaitDurable(sequence);
                assertThat(reader.next()).extracting(JournalRecord::sequence).isEqualTo(expected);
            }
        }
    }

    @Test
    void writesWhatNobodyWaitsForAndThenTheMarker() throws Exception {
        JournalSettings quick = new JournalSettings(8192, 5, 4096, Duration.ofMillis(5));
        try (Journal journal = Samples.open(disk, quick)) {
            Samples.append(journal);
            await().until(() -> journal.durableSequence() >= 1);
            await().until(() -> journal.lastSequence() == 2);
            long operations = disk.operations();
            await().during(Duration.ofMillis(50)).until(() -> journal.lastSequence() == 2);
            assertThat(disk.operations()).as("quiet once all is marked").isEqualTo(operations);
        }
    }

    @Test
    void countsWhatItDoes() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            Samples.group(journal, 3);
            Samples.group(journal, 1);
            JournalStatistics statistics = journal.statistics();
            assertThat(statistics.groups()).isEqualTo(2);
            assertThat(statistics.records()).isEqualTo(4);
            // 48 + 37, 74, 111 and 148 bytes, each up to a multiple of 8.
            assertThat(statistics.bytes()).isEqualTo(88 + 128 + 160 + 200);
            assertThat(statistics.durableSequence()).isEqualTo(4);
            assertThat(List.of(statistics.oldestSequence(), statistics.lastSequence()))
                    .containsExactly(1L, 4L);
        }
    }

    @Test
    void refusesWhatWasNeverAppendedAndWhatComesAfterItsEnd() throws Exception {
        Journal journal = Samples.open(disk, Samples.TINY);
        assertThatThrownBy(() -> journal.awaitDurable(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal.append((byte) 0, 0, SOME)).isInstanceOf(IllegalArgumentException.class);
        journal.close();
        assertThatThrownBy(() -> journal.append(Samples.TYPE, 0, SOME)).isInstanceOf(IllegalStateException.class);
    }
}
