package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damages a journal at every place. Either all records that it proves to have been durable are returned, or it is refused;
 * never fewer records, and never other ones.
 */
class DamageTest {
    private static final int BYTES = Samples.TINY.segmentBytes();

    private MemoryDisk whole = new MemoryDisk();
    private List<Long> records = List.of();
    private List<String> segments = List.of();

    private int returned;
    private int refused;

    /** Groups of one to five records in three segments, stopped in order, so that the last group is proven too. */
    @BeforeEach
    void writeAJournal() throws Exception {
        try (Journal journal = Samples.open(whole, Samples.TINY)) {
            for (int i = 0; i < 26; i++) {
                Samples.group(journal, 1 + i % 5);
            }
            records = Samples.sequences(journal);
            await().until(() -> journal.statistics().files() == 5);
        }
        segments = whole.names().stream()
                .filter(name -> Segment.numberOf(name) > 0)
                .toList();
        assertThat(segments).hasSize(5);
        assertThat(records).hasSize(76);
    }

    private MemoryDisk with(String segment, byte[] bytes) {
        MemoryDisk disk = new MemoryDisk();
        for (String name : segments) {
            disk.put(name, name.equals(segment) ? bytes : whole.bytes(name).clone());
        }
        return disk;
    }

    /** Opens a damaged journal, which must return at least so many records, and only right ones, or be refused. */
    private void open(MemoryDisk disk, int atLeast, String how) throws IOException {
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            List<Long> found = Samples.sequences(journal);
            assertThat(found).as(how).isEqualTo(records.subList(0, found.size()));
            assertThat(found).as(how).hasSizeGreaterThanOrEqualTo(atLeast);
            returned++;
        } catch (JournalRefused e) {
            refused++;
        }
    }

    private interface Damage {
        void to(byte[] bytes);
    }

    private void damage(String segment, String how, Damage damage) throws IOException {
        byte[] bytes = whole.bytes(segment).clone();
        damage.to(bytes);
        open(with(segment, bytes), records.size(), segment + " " + how);
    }

    @Test
    void everyByteFlipped() throws Exception {
        for (String segment : segments.subList(0, 3)) {
            for (int i = 0; i < BYTES; i++) {
                int at = i;
                damage(segment, "flipped at " + at, bytes -> bytes[at] ^= (byte) (1 << at % 8));
            }
        }
        assertThat(refused).isGreaterThan(3 * 52).isGreaterThan(records.size() * 100);
        assertThat(returned).as("bytes that mean nothing").isGreaterThan(3 * (SegmentHeader.BYTES - 52));
    }

    @Test
    void everyWordZeroed() throws Exception {
        for (String segment : segments) {
            for (int i = 0; i < BYTES; i += 8) {
                int at = i;
                damage(segment, "zeroed at " + at, bytes -> Arrays.fill(bytes, at, at + 8, (byte) 0));
            }
        }
        assertThat(refused).isGreaterThan(records.size());
    }

    @Test
    void everyRunOfSectorsZeroedThatLeavesSomethingBehind() throws Exception {
        for (String segment : segments.subList(0, 3)) {
            // Where everything up to the end is gone nothing is left that proves it was there.
            int limit = segment.equals(segments.get(2)) ? endOfFrames(segment) - 8 : BYTES;
            for (int from = 0; from < limit; from += 512) {
                for (int to = from + 512; to <= limit; to += 512) {
                    int begin = from;
                    int end = to;
                    String how = "zeroed from " + from + " to " + to;
                    damage(segment, how, bytes -> Arrays.fill(bytes, begin, end, (byte) 0));
                }
            }
        }
        assertThat(refused).isGreaterThan(returned);
    }

    /** Where the last marker begins. */
    private int endOfFrames(String segment) {
        byte[] bytes = whole.bytes(segment);
        int end = BYTES;
        while (bytes[end - 1] == 0) {
            end--;
        }
        return end - Frame.HEADER_BYTES;
    }

    @Test
    void everyLength() throws Exception {
        for (String segment : segments) {
            for (int length = 0; length < BYTES; length += 8) {
                open(with(segment, Arrays.copyOf(whole.bytes(segment), length)), 0, segment + " cut to " + length);
            }
        }
        assertThat(returned).isZero();
    }

    @Test
    void everySegmentMissing() throws Exception {
        for (String missing : segments.subList(1, 4)) {
            MemoryDisk disk = new MemoryDisk();
            segments.stream().filter(name -> !name.equals(missing)).forEach(name -> disk.put(name, whole.bytes(name)));
            open(disk, records.size(), missing + " missing");
        }
        assertThat(refused).isEqualTo(3);
    }

    /** A reader must not wait for it to come back. */
    @Test
    @Timeout(30)
    void aSegmentIsRemovedWhileTheJournalIsOpen() throws Exception {
        try (Journal journal = Samples.open(whole, Samples.TINY);
                JournalReader reader = journal.read(1)) {
            whole.delete(segments.getFirst());
            assertThatThrownBy(reader::next)
                    .isInstanceOf(JournalDamaged.class)
                    .hasMessageContaining(segments.getFirst() + " with record 1 is missing");
        }
    }

    /** Without the marker nothing proves the last group: damage there looks like a crash. All before it is proven. */
    @Test
    void everyByteFlippedOfAJournalWhoseLastGroupIsNotProven() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        MemoryDisk crashed;
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            for (int i = 0; i < 8; i++) {
                Samples.group(journal, 1 + i % 5);
            }
            crashed = disk.afterKill();
            records = Samples.sequences(journal);
        }
        String segment = Segment.name(1);
        int before = records.size() - 3;
        for (int i = SegmentHeader.BYTES; i < BYTES; i++) {
            byte[] bytes = crashed.bytes(segment).clone();
            bytes[i] ^= (byte) (1 << i % 8);
            MemoryDisk damaged = new MemoryDisk();
            damaged.put(segment, bytes);
            open(damaged, before, "flipped at " + i);
        }
        List<Integer> lastGroup =
                IntStream.range(before, records.size()).boxed().toList();
        assertThat(lastGroup).hasSize(3);
        assertThat(refused).isGreaterThan(1000);
    }

    /** More than is in memory at once lies between the damage and its proof, at every distance from a border. */
    @Test
    void aProofThatIsFarAway() throws Exception {
        JournalSettings large = new JournalSettings(12 << 20, 3, 4 << 20, Duration.ofMinutes(10));
        MemoryDisk disk = new MemoryDisk();
        try (Journal journal = Samples.open(disk, large)) {
            for (int i = 0; i < 10; i++) {
                byte[] body = new byte[1 << 20];
                journal.awaitDurable(
                        journal.append(Samples.TYPE, 0, ByteBuffer.wrap(body)).sequence());
            }
        }
        byte[] before = disk.bytes(Segment.name(1)).clone();
        int marker = SegmentHeader.BYTES + 10 * (Frame.HEADER_BYTES + (1 << 20));
        for (int moved = -2 * Frame.HEADER_BYTES; moved <= 2 * Frame.HEADER_BYTES; moved += Frame.ALIGNMENT) {
            byte[] bytes = before.clone();
            Arrays.fill(bytes, SegmentHeader.BYTES, marker, (byte) 0);
            Arrays.fill(bytes, marker, marker + Frame.HEADER_BYTES, (byte) 0);
            int border = SegmentHeader.BYTES + 2 * Frame.MAX_BYTES - Frame.HEADER_BYTES;
            System.arraycopy(before, marker, bytes, border + moved, Frame.HEADER_BYTES);
            MemoryDisk damaged = new MemoryDisk();
            damaged.put(Segment.name(1), bytes);
            int at = border + moved;
            assertThatThrownBy(() -> Samples.open(damaged, large))
                    .isInstanceOf(JournalDamaged.class)
                    .hasMessageContaining("record 11 at byte " + at);
        }
    }

    /** Nothing that is refused was changed, so that it can be looked at, and mended. */
    @Test
    void whatIsRefusedIsLeftAsItIs() throws Exception {
        byte[] bytes = whole.bytes(segments.getFirst()).clone();
        bytes[SegmentHeader.BYTES + 100] ^= 1;
        MemoryDisk damaged = with(segments.getFirst(), bytes);
        byte[] before = damaged.bytes(segments.getFirst()).clone();
        open(damaged, records.size(), "flipped");
        assertThat(refused).isEqualTo(1);
        assertThat(damaged.operations()).as("nothing was written").isZero();
        assertThat(damaged.bytes(segments.getFirst())).isEqualTo(before);
        bytes[SegmentHeader.BYTES + 100] ^= 1;
        open(damaged, records.size(), "mended");
        assertThat(returned).isEqualTo(1);
    }
}
