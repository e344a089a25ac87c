package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.SetAttributes.SetTime;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.WccAttributes;
import org.twinshare.filestore.WouldBlock;

/** READ, WRITE, COMMIT and SETATTR of one object (rules 10, 18, 19 and 20). */
class ContentTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    private FileTree.ReadEnd read(long id, long offset, ByteBuffer into) throws ErrnoException {
        return fixture.tree.read(fixture.admin, id, offset, into);
    }

    @Test
    void readingSaysWhereTheFileEnds() throws Exception {
        long id = fixture.file("f", "0123456789");
        assertThat(read(id, 0, ByteBuffer.allocateDirect(9)).endOfFile()).isFalse();
        assertThat(read(id, 0, ByteBuffer.allocateDirect(10)).endOfFile()).isTrue();
        assertThat(read(id, 9, ByteBuffer.allocateDirect(1)).endOfFile()).isTrue();
        assertThat(read(id, 5, ByteBuffer.allocateDirect(100)).endOfFile()).isTrue();
        assertThat(fixture.read(id, 5, 100)).isEqualTo("56789");
        for (long beyond : new long[] {10, 11, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            ByteBuffer into = ByteBuffer.allocateDirect(5);
            assertThat(read(id, beyond, into).endOfFile()).as("at %d", beyond).isTrue();
            assertThat(into.position()).isZero();
        }
        assertThat(read(id, 3, ByteBuffer.allocateDirect(0)).endOfFile()).isFalse();
    }

    @Test
    void onlyRegularFilesHaveData() throws Exception {
        long directory = fixture.directory("d");
        long fifo = fixture.fifo("p");
        long link = fixture.symlink("l", "f");
        TestTree.assertFails(Errno.EISDIR, () -> fixture.read(directory, 0, 1));
        TestTree.assertFails(Errno.EINVAL, () -> fixture.read(fifo, 0, 1));
        TestTree.assertFails(Errno.EINVAL, () -> fixture.read(link, 0, 1));
        for (long id : new long[] {fifo, link}) {
            assertThat(fixture.errorOf(TestTree.writing(fixture.admin, id, 0, "x", Stability.UNSTABLE)))
                    .isEqualTo(Errno.EINVAL);
            assertThat(fixture.errorOf(new Operation.Commit(fixture.admin, id, 0, 0)))
                    .isEqualTo(Errno.EINVAL);
        }
        assertThat(fixture.errorOf(new Operation.SetAttr(fixture.admin, directory, TestTree.size(0), null)))
                .isEqualTo(Errno.EISDIR);
        TestTree.assertFails(Errno.EINVAL, () -> fixture.tree.readlink(fixture.admin, directory));
        assertThat(fixture.tree.readlink(fixture.admin, link).bytes()).containsExactly('f');
    }

    @Test
    void aWriteTellsWhatItDidAndNoMore() throws Exception {
        long id = fixture.file("f");
        for (Stability stability : Stability.values()) {
            Attributes before = fixture.attributes(id);
            Outcome outcome = fixture.write(id, 4, "word", stability);
            assertThat(outcome.count()).isEqualTo(4);
            assertThat(outcome.committed()).isEqualTo(stability);
            assertThat(outcome.wcc()).isEqualTo(new Wcc(WccAttributes.of(before), fixture.attributes(id)));
            assertThat(fixture.attributes(id).changeNs()).isGreaterThan(before.changeNs());
        }
        assertThat(Files.readAllBytes(fixture.path("f"))).containsExactly(0, 0, 0, 0, 'w', 'o', 'r', 'd');
        Outcome commit = fixture.done(new Operation.Commit(fixture.admin, id, 0, 0));
        assertThat(commit.wcc()).isEqualTo(Wcc.unchanged(fixture.attributes(id)));
        assertThat(fixture.write(id, 0, "", Stability.FILE_SYNC).count()).isZero();
    }

    @Test
    void aFileHasHolesWhereNothingWasWritten() throws Exception {
        long id = fixture.file("f");
        long far = 5L << 30;
        Outcome unusedWrite = fixture.write(id, far, "x", Stability.UNSTABLE);
        Attributes attributes = fixture.attributes(id);
        assertThat(attributes.sizeBytes()).isEqualTo(far + 1);
        assertThat(attributes.usedBytes()).isLessThan(1 << 20);
        assertThat(fixture.read(id, far - 3, 10)).isEqualTo("\0\0\0x");
    }

    @Test
    void beyondTheLargestFileThereIsFbig() throws Exception {
        long id = fixture.file("f", "x");
        long most = fixture.tree.limits(fixture.admin, id).maxFileSizeBytes();
        assertThat(most).isGreaterThan(1L << 40);
        for (long offset : new long[] {most, most - 1, Long.MAX_VALUE, Long.MAX_VALUE - 1, -1, Long.MIN_VALUE}) {
            assertThat(fixture.errorOf(TestTree.writing(fixture.admin, id, offset, "xy", Stability.UNSTABLE)))
                    .as("at %d", offset)
                    .isEqualTo(Errno.EFBIG);
        }
        for (long size : new long[] {most + 1, Long.MAX_VALUE, -1}) {
            assertThat(fixture.errorOf(new Operation.SetAttr(fixture.admin, id, TestTree.size(size), null)))
                    .isEqualTo(Errno.EFBIG);
        }
        assertThat(fixture.errorOf(new Operation.SetAttr(fixture.admin, id, TestTree.size(most), null)))
                .isNull();
        assertThat(fixture.attributes(id).sizeBytes()).isEqualTo(most);
    }

    @Test
    void theGuardIsTheCtimeToTheNanosecond() throws Exception {
        long id = fixture.file("f", "content");
        Attributes before = fixture.attributes(id);
        for (long wrong : new long[] {before.changeNs() - 1, before.changeNs() + 1, 0}) {
            Outcome outcome = fixture.change(new Operation.SetAttr(fixture.admin, id, TestTree.size(0), wrong));
            assertThat(outcome.error()).isEqualTo(Errno.NOT_SYNC);
            assertThat(outcome.wcc()).isEqualTo(Wcc.unchanged(before));
        }
        assertThat(fixture.attributes(id)).isEqualTo(before);
        fixture.done(new Operation.SetAttr(fixture.admin, id, TestTree.size(0), before.changeNs()));
        assertThat(Files.size(fixture.path("f"))).isZero();
    }

    @Test
    void everyAttributeIsSetAtOnceAndTheModeSurvivesTheNewOwner() throws Exception {
        long id = fixture.file("f", "content");
        SetAttributes all = new SetAttributes(
                04711, 1001, 1002, 3L, new SetTime.ClientTime(-1_500_000_000L), new SetTime.ClientTime(1));
        Attributes before = fixture.attributes(id);

        Outcome outcome = fixture.set(id, all);

        Attributes after = fixture.attributes(id);
        assertThat(outcome.wcc()).isEqualTo(new Wcc(WccAttributes.of(before), after));
        assertThat(after.mode()).isEqualTo(04711);
        assertThat(after.uid()).isEqualTo(1001);
        assertThat(after.gid()).isEqualTo(1002);
        assertThat(after.sizeBytes()).isEqualTo(3);
        assertThat(after.accessNs()).isEqualTo(-1_500_000_000L);
        assertThat(after.modifyNs()).isEqualTo(1);
        assertThat(Files.getLastModifiedTime(fixture.path("f")).toInstant().toEpochMilli())
                .isZero();
    }

    @Test
    void whatMayNotBeSetIsRefusedBeforeAnythingIs() throws Exception {
        long id = fixture.file("f", "content");
        fixture.set(id, TestTree.owner(1001, 1001));
        Attributes before = fixture.attributes(id);
        SetAttributes giveAway = new SetAttributes(0600, 1002, null, 0L, null, null);
        assertThat(fixture.errorOf(new Operation.SetAttr(fixture.user(1001, 1001), id, giveAway, null)))
                .isEqualTo(Errno.EPERM);
        assertThat(fixture.attributes(id)).isEqualTo(before);
    }

    @Test
    void settingNothingChangesNothing() throws Exception {
        long id = fixture.file("f");
        Attributes before = fixture.attributes(id);
        Outcome outcome = fixture.set(id, SetAttributes.NOTHING);
        assertThat(outcome.wcc()).isEqualTo(Wcc.unchanged(before));
    }

    @Test
    void linksAndPipesHaveAnOwnerAndTimesToo() throws Exception {
        for (long id : new long[] {fixture.symlink("l", "x"), fixture.fifo("p")}) {
            SetTime time = new SetTime.ClientTime(7_000_000_000L);
            fixture.set(id, new SetAttributes(0640, 1001, 1002, null, time, time));
            Attributes attributes = fixture.attributes(id);
            assertThat(attributes.uid()).isEqualTo(1001);
            assertThat(attributes.gid()).isEqualTo(1002);
            assertThat(attributes.modifyNs()).isEqualTo(7_000_000_000L);
        }
        assertThat(TestTree.outsideMode(fixture.path("p"))).isEqualTo(0640);
    }

    @Test
    void theCachedTreeSaysTheSameOrNothing() throws Exception {
        long id = fixture.file("f", "content");
        Attributes slow = fixture.attributes(id);
        assertThat(fixture.tree.cached().attributes(fixture.admin, id)).isEqualTo(slow);
        assertThat(fixture.tree
                        .cached()
                        .lookup(fixture.admin, fixture.root, Name.of("f"))
                        .object())
                .isEqualTo(slow);
        ByteBuffer into = ByteBuffer.allocateDirect(7);
        assertThat(fixture.tree.cached().read(fixture.admin, id, 0, into).endOfFile())
                .isTrue();
        assertThat(into.flip().get(0)).isEqualTo((byte) 'c');
        Files.delete(fixture.path("f"));
        assertThatThrownBy(() -> fixture.tree.cached().attributes(fixture.admin, id))
                .satisfiesAnyOf(
                        same -> assertThat(same)
                                .isInstanceOfSatisfying(
                                        ErrnoException.class,
                                        e -> assertThat(e.errno()).isEqualTo(Errno.ESTALE)),
                        nothing -> assertThat(nothing).isInstanceOf(WouldBlock.class));
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(id));
    }
}
