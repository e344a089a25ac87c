package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedDiskTest {
    private final MemoryDisk disk = new MemoryDisk();

    @TempDir
    Path directory;

    @Test
    void acknowledgesNothingAfterASyncThatFailed() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            Samples.group(journal, 2);
            disk.syncsFail(true);
            long sequence = Samples.append(journal);
            assertThatThrownBy(() -> journal.awaitDurable(sequence))
                    .isInstanceOf(JournalFailed.class)
                    .hasMessageContaining("EIO");
            disk.syncsFail(false);
            assertThatThrownBy(() -> journal.awaitDurable(sequence)).isInstanceOf(JournalFailed.class);
            assertThatThrownBy(() -> Samples.append(journal)).isInstanceOf(JournalFailed.class);
            assertThat(journal.durableSequence()).isEqualTo(2);
            journal.awaitDurable(2);
        }
    }

    @Test
    void acknowledgesNothingAfterAWriteThatFailed() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            disk.writesFail(true);
            long sequence = Samples.append(journal);
            assertThatThrownBy(() -> journal.awaitDurable(sequence)).isInstanceOf(JournalFailed.class);
            disk.writesFail(false);
            assertThatThrownBy(() -> Samples.append(journal)).isInstanceOf(JournalFailed.class);
        }
    }

    @Test
    void failsEverybodyWhoWaits() throws Exception {
        try (Journal journal = Samples.open(disk, Samples.TINY);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            disk.syncsFail(true);
            CountDownLatch appended = new CountDownLatch(20);
            List<Future<Boolean>> failures = IntStream.range(0, 20)
                    .mapToObj(i -> threads.submit(() -> {
                        Position position = journal.append(Samples.TYPE, 0, ByteBuffer.allocate(10));
                        appended.countDown();
                        appended.await();
                        try {
                            journal.awaitDurable(position.sequence());
                            return false;
                        } catch (JournalFailed e) {
                            return true;
                        }
                    }))
                    .toList();
            for (Future<Boolean> failed : failures) {
                assertThat(failed.get()).isTrue();
            }
        }
    }

    /** After a failed sync Linux counts the pages as clean: they are read back, and no later sync writes them. */
    @Test
    void writesAgainWhatOnlyThePageCacheHasBeforeItIsBelieved() throws Exception {
        long seed = new Random().nextLong();
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            Samples.group(journal, 3);
            disk.syncsFail(true);
            long sequence = Samples.append(journal);
            assertThatThrownBy(() -> journal.awaitDurable(sequence)).isInstanceOf(JournalFailed.class);
        }
        disk.syncsFail(false);
        MemoryDisk restarted = disk.afterKill();
        long believed;
        try (Journal journal = Samples.open(restarted, Samples.TINY)) {
            believed = journal.durableSequence();
            assertThat(believed).as("what was read counts").isEqualTo(4);
        }
        for (int i = 0; i < 20; i++) {
            MemoryDisk afterCut = restarted.afterPowerCut(new Random(seed + i));
            try (Journal journal = Samples.open(afterCut, Samples.TINY)) {
                assertThat(journal.lastSequence()).as("seed " + seed).isGreaterThanOrEqualTo(believed);
            }
        }
    }

    @Test
    void isFullWhenTheDiskIsAndGoesOnWhenItHasRoomAgain() throws Exception {
        JournalSettings many = new JournalSettings(8192, 100, 4096, Duration.ofMinutes(10));
        disk.capacityBytes(5 * 8192 + 100);
        try (Journal journal = Samples.open(disk, many)) {
            assertThatThrownBy(() -> {
                        while (true) {
                            Samples.group(journal, 1);
                        }
                    })
                    .isInstanceOf(JournalFull.class)
                    .hasMessageContaining("ENOSPC");
            long last = journal.durableSequence();
            assertThat(journal.lastSequence()).isEqualTo(last);
            disk.capacityBytes(Long.MAX_VALUE);
            await().until(() -> appends(journal));
            assertThat(Samples.sequences(journal))
                    .isEqualTo(LongStream.rangeClosed(1, last + 1).boxed().toList());
        }
    }

    /** The disk has no room for another segment, but each that is released can be used again. */
    @Test
    void takesMoreAsSoonAsSomethingIsReleasedOnAFullDisk() throws Exception {
        JournalSettings many = new JournalSettings(8192, 100, 4096, Duration.ofMinutes(10));
        disk.capacityBytes(5 * 8192 + 100);
        try (Journal journal = Samples.open(disk, many)) {
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> {
                            while (true) {
                                Samples.group(journal, 1);
                            }
                        })
                        .isInstanceOf(JournalFull.class);
                journal.releaseUpTo(journal.durableSequence(), 0);
                Samples.group(journal, 1);
            }
        }
    }

    private static boolean appends(Journal journal) {
        try {
            Samples.group(journal, 1);
            return true;
        } catch (JournalFull e) {
            return false;
        }
    }

    @Test
    void isFullOnARealDiskThatIs() throws Exception {
        Assumptions.assumeTrue(mounted("mount", "-t", "tmpfs", "-o", "size=1m", "none", directory.toString()), "root");
        try {
            JournalSettings large = new JournalSettings(256 << 10, 16, 64 << 10, Duration.ofMinutes(10));
            long last;
            try (Journal journal = Journal.open(directory, large, InstantSource.system(), Samples.CLUSTER, 0)) {
                assertThatThrownBy(() -> {
                            while (true) {
                                Samples.group(journal, 5);
                            }
                        })
                        .isInstanceOf(JournalFull.class)
                        .hasMessageContaining("ENOSPC");
                last = journal.lastSequence();
                journal.awaitDurable(last);
                try (var files = Files.list(directory)) {
                    assertThat(files.map(file -> file.getFileName().toString()))
                            .as("what could not be finished is gone")
                            .noneMatch(name -> name.endsWith(".new"));
                }
            }
            try (Journal journal = Journal.open(directory, large, InstantSource.system(), Samples.CLUSTER, 0)) {
                assertThat(Samples.sequences(journal)).hasSize((int) last);
            }
        } finally {
            assertThat(mounted("umount", directory.toString())).isTrue();
        }
    }

    private static boolean mounted(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
