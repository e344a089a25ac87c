package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Files that are not this journal, or not all of it: each is refused with what, why and what to do. */
class RefusalTest {
    private static final String FIRST = Segment.name(1);
    private static final String SECOND = Segment.name(2);

    private final MemoryDisk disk = written(60);

    private static MemoryDisk written(int records) {
        MemoryDisk disk = new MemoryDisk();
        try (Journal journal = Samples.open(disk, Samples.TINY)) {
            Samples.group(journal, records / 2);
            Samples.group(journal, records / 2);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return disk;
    }

    private AbstractThrowableAssert<?, ?> opening(long checkpoint) {
        return assertThatThrownBy(() -> Samples.open(disk, Samples.TINY, checkpoint))
                .isInstanceOfSatisfying(JournalRefused.class, refused -> {
                    assertThat(refused.what()).isNotBlank();
                    assertThat(refused.why()).isNotBlank();
                    assertThat(refused.remedy()).isNotBlank();
                });
    }

    @Test
    void anotherPairOfServers() {
        assertThatThrownBy(() -> Opening.open(
                        disk,
                        Samples.TINY,
                        java.time.InstantSource.system(),
                        new Opening.Wanted(Samples.CLUSTER + 1, 0)))
                .isInstanceOf(JournalRefused.class)
                .hasMessageContaining("another pair of servers");
    }

    @Test
    void aFormatOfALaterVersion() {
        disk.bytes(FIRST)[11] = 2;
        opening(0).hasMessageContaining("format 2").hasMessageContaining("this version knows format 1");
    }

    @Test
    void aHeaderThatCannotBeRead() {
        disk.bytes(FIRST)[20] ^= 1;
        opening(0).isInstanceOf(JournalDamaged.class).hasMessageContaining("header of the journal's " + FIRST);
    }

    @Test
    void aSegmentThatIsMissingInBetween() {
        disk.delete(SECOND);
        opening(0).isInstanceOf(JournalDamaged.class).hasMessageContaining(SECOND + " is missing");
    }

    @Test
    void aJournalThatEndsBeforeTheCheckpoint() {
        opening(62).hasMessageContaining("records 1 to 61");
    }

    @Test
    void aJournalThatBeginsBehindTheCheckpoint() {
        disk.delete(FIRST);
        opening(1).hasMessageContaining("behind 1");
    }

    @Test
    void anEmptyDirectoryWhereThereWasAJournal() {
        disk.names().forEach(disk::delete);
        opening(5).hasMessageContaining("it is empty").hasMessageContaining("mount");
    }

    @Test
    void aFileThatWasRenamed() throws Exception {
        disk.rename(FIRST, Segment.name(9));
        disk.rename(SECOND, FIRST);
        disk.rename(Segment.name(9), SECOND);
        opening(0).hasMessageContaining("is number 2");
    }

    /** A backup of one file put back among newer ones: the same records twice. */
    @Test
    void twoSegmentsWithTheSameRecords() {
        MemoryDisk other = written(60);
        ByteBuffer bytes = ByteBuffer.wrap(other.bytes(FIRST).clone());
        SegmentHeader old = new SegmentHeader(1, 8192, new Nonce(bytes.getLong(24)), 1, Samples.CLUSTER);
        new SegmentHeader(2, 8192, old.nonce(), 0, Samples.CLUSTER).encode(bytes);
        disk.put(SECOND, bytes.array());
        opening(0).isInstanceOf(JournalDamaged.class).hasMessageContaining("begins with record 1, which");
    }

    @Test
    void filesOfOtherProgramsAreLeftAlone() throws Exception {
        disk.put("lost+found", new byte[0]);
        disk.put("1.segment", new byte[0]);
        Samples.open(disk, Samples.TINY).close();
        assertThat(disk.names()).contains("lost+found", "1.segment");
    }
}
