package org.twinshare.filestore.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.posix.KernelHandle;

/** What is put into the index, is in it: before a flush, after it, and after it was opened again. */
class ObjectIndexTest {
    private static final Name NAME = Name.of("name");

    @TempDir
    Path state = Path.of("");

    private static ObjectRecord record(long id, long inode) {
        byte[] handle = {1, 2, 3, 4, 5, 6, 7, 8};
        return new ObjectRecord(
                id,
                0xfffe,
                FileType.SOCKET,
                inode,
                Long.MAX_VALUE,
                new KernelHandle(0x81, handle),
                new Link(5, NAME),
                -1,
                Long.MIN_VALUE + 1,
                0L);
    }

    private interface Check {
        void on(ObjectIndex index) throws Exception;
    }

    /** Before a flush, after it, and in a new process. */
    private void inEveryState(Check change, Check check) throws Exception {
        try (ObjectIndex index = ObjectIndex.open(state)) {
            change.on(index);
            check.on(index);
            index.flush(index.version());
            check.on(index);
        }
        try (ObjectIndex index = ObjectIndex.open(state)) {
            check.on(index);
        }
    }

    @Test
    void anObjectIsFoundByIdAndByInode() throws Exception {
        inEveryState(index -> index.put(record(9, 77)), index -> {
            assertThat(index.get(9)).isEqualTo(record(9, 77));
            assertThat(index.find(0xfffe, 77)).isEqualTo(record(9, 77));
            assertThat(index.find(1, 77)).isNull();
            assertThat(index.get(10)).isNull();
        });
    }

    @Test
    void theLongestNameAndHandleFit() throws Exception {
        byte[] longest = new byte[255];
        Arrays.fill(longest, (byte) 0xff);
        ObjectRecord record = new ObjectRecord(
                3,
                1,
                FileType.REGULAR,
                -1,
                0,
                new KernelHandle(1, new byte[128]),
                new Link(-1, Name.of(longest, 0, 255)),
                1,
                1,
                -1L);
        inEveryState(
                index -> {
                    long unusedVersion = index.put(record);
                    index.addLink(3, new Link(8, Name.of(longest, 0, 255)));
                },
                index -> {
                    assertThat(index.get(3)).isEqualTo(record);
                    assertThat(index.otherLinks(3)).containsExactly(new Link(8, Name.of(longest, 0, 255)));
                });
    }

    @Test
    void aRemovedObjectIsGoneWithAllItsNames() throws Exception {
        try (ObjectIndex index = ObjectIndex.open(state)) {
            long unusedVersion = index.put(record(9, 77));
            index.addLink(9, new Link(1, NAME));
            index.flush(index.version());
        }
        inEveryState(index -> index.remove(record(9, 77)), index -> {
            assertThat(index.get(9)).isNull();
            assertThat(index.find(0xfffe, 77)).isNull();
            assertThat(index.otherLinks(9)).isEmpty();
        });
    }

    /** ext4 gives the inode number of a removed file to the next one. */
    @Test
    void removingTheOldObjectOfAnInodeLeavesTheNewOneFound() throws Exception {
        try (ObjectIndex index = ObjectIndex.open(state)) {
            long unusedVersion = index.put(record(9, 77));
            index.flush(index.version());
        }
        inEveryState(
                index -> {
                    long unusedVersion = index.put(record(10, 77));
                    long unusedRemoval = index.remove(record(9, 77));
                },
                index -> {
                    assertThat(index.find(0xfffe, 77)).isEqualTo(record(10, 77));
                    assertThat(index.get(9)).isNull();
                });
    }

    @Test
    void linksAndCookiesAndFactsAreKept() throws Exception {
        inEveryState(
                index -> {
                    index.addLink(9, new Link(1, NAME));
                    index.addLink(9, new Link(2, NAME));
                    index.addLink(10, new Link(1, NAME));
                    index.removeLink(9, new Link(2, NAME));
                    index.putCookie(4, NAME, 1L << 61);
                    index.putFact("fact", new byte[] {7});
                },
                index -> {
                    assertThat(index.otherLinks(9)).containsExactly(new Link(1, NAME));
                    assertThat(index.hasLink(10, new Link(1, NAME))).isTrue();
                    assertThat(index.hasLink(9, new Link(2, NAME))).isFalse();
                    assertThat(index.cookies(4)).containsExactly(Map.entry(NAME, 1L << 61));
                    assertThat(index.cookie(5, NAME)).isNull();
                    assertThat(index.fact("fact")).containsExactly(7);
                    assertThat(index.fact("none")).isNull();
                });
    }

    @Test
    void closingInGoodOrderWastesNoIds() throws Exception {
        long first;
        try (ObjectIndex index = ObjectIndex.open(state)) {
            first = index.newId();
        }
        try (ObjectIndex index = ObjectIndex.open(state)) {
            assertThat(index.newId()).isEqualTo(first + 1);
        }
    }

    @Test
    void theFirstEpochGivesPlainNumbers() throws Exception {
        try (ObjectIndex index = ObjectIndex.open(state)) {
            assertThat(index.newId()).isEqualTo(1);
            index.beginEpoch(1);
            assertThat(index.newId()).isEqualTo(2);
        }
    }

    @Test
    void idsOfANewEpochAreNoneThatWereLostWithAnOldOne() throws Exception {
        try (ObjectIndex old = ObjectIndex.open(state.resolve("old"));
                ObjectIndex index = ObjectIndex.open(state.resolve("new"))) {
            old.continueIdsAfter(1000);
            // The other server knows of the first records only.
            index.beginEpoch(2);
            index.continueIdsAfter(1000);
            Set<Long> lost = new HashSet<>();
            for (int i = 0; i < 100_000; i++) {
                lost.add(old.newId());
            }
            Set<Long> given = new HashSet<>();
            for (int i = 0; i < 100_000; i++) {
                given.add(index.newId());
            }
            assertThat(given).hasSize(100_000);
            given.retainAll(lost);
            assertThat(given).isEmpty();
            old.beginEpoch(3);
            assertThat(old.newId()).isGreaterThan(index.newId());
        }
    }

    @Test
    void anEpochGoesOnAfterARestart() throws Exception {
        long last;
        try (ObjectIndex index = ObjectIndex.open(state)) {
            index.beginEpoch(ObjectIndex.MAX_EPOCH);
            last = index.newId();
            assertThat(last).isPositive();
            long unusedVersion = index.put(record(last, 77));
        }
        try (ObjectIndex index = ObjectIndex.open(state)) {
            assertThat(index.get(last)).isEqualTo(record(last, 77));
            index.beginEpoch(7);
            assertThat(index.newId()).isEqualTo(last + 1);
        }
    }

    @Test
    void anIdThatAnotherServerGaveIsNotGivenAgain() throws Exception {
        try (ObjectIndex index = ObjectIndex.open(state)) {
            long unusedVersion = index.put(record(500_000, 77));
            assertThat(index.newId()).isEqualTo(500_001);
        }
    }

    @Test
    void noIdLeavesItsEpoch() throws Exception {
        try (ObjectIndex index = ObjectIndex.open(state)) {
            long unusedVersion = index.put(record((1L << 44) - 1, 77));
            assertThatThrownBy(index::newId).hasMessageContaining("epoch");
            index.beginEpoch(2);
            assertThat(index.newId()).isEqualTo((1L << 44) + 1);
            assertThatThrownBy(() -> index.beginEpoch(ObjectIndex.MAX_EPOCH + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
