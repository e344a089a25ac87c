package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Stability;

/** Which object a file id means, through restarts, crashes, and what others do in the exported directory. */
class IdentityTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    @Test
    void everyTypeKeepsItsIdThroughARestartAndACrash() throws Exception {
        long directory = fixture.directory("d");
        long[] ids = {
            fixture.file("f"),
            fixture.file(directory, "g"),
            fixture.symlink("l", "x"),
            fixture.fifo("p"),
            directory,
            fixture.root
        };
        for (boolean crash : new boolean[] {false, true}) {
            if (crash) {
                fixture.crash();
            } else {
                fixture.reopen();
            }
            // By id first: nothing was looked up since the start.
            for (long id : ids) {
                assertThat(fixture.attributes(id).id()).isEqualTo(id);
            }
            assertThat(fixture.lookup("f").id()).isEqualTo(ids[0]);
            assertThat(fixture.lookup(directory, "g").id()).isEqualTo(ids[1]);
            assertThat(fixture.lookup("l").id()).isEqualTo(ids[2]);
            assertThat(fixture.lookup("p").id()).isEqualTo(ids[3]);
        }
    }

    @Test
    void whatWasSeenOnceKeepsItsIdThroughACrash() throws Exception {
        Files.createDirectory(fixture.path("d"));
        Files.writeString(fixture.path("d/f"), "made locally");
        long directory = fixture.lookup("d").id();
        long file = fixture.lookup(directory, "f").id();

        fixture.crash();

        assertThat(fixture.attributes(file).sizeBytes()).isEqualTo(12);
        assertThat(fixture.lookup("d").id()).isEqualTo(directory);
        assertThat(fixture.lookup(directory, "f").id()).isEqualTo(file);
    }

    /** An async export answers before anything is durable; a handle that it gave must never mean another file. */
    @Test
    void anIdThatWasGivenIsNeverGivenAgainAlsoAfterACrash() throws Exception {
        Caller async = new Caller(fixture.root, 0, 0, new int[0], true);
        Set<Long> given = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            given.add(fixture.done(new Operation.Create(
                            async,
                            fixture.root,
                            Name.of("a" + i),
                            Operation.CreateMode.GUARDED,
                            TestTree.mode(0600),
                            0))
                    .object());
        }
        assertThat(given).hasSize(10);

        fixture.crash();

        for (int i = 0; i < 10; i++) {
            assertThat(given).doesNotContain(fixture.file("b" + i));
        }
    }

    @Test
    void marksAreOnObjectsOfEveryType() throws Exception {
        long unusedFile = fixture.file("f");
        long unusedDirectory = fixture.directory("d");
        long unusedLink = fixture.symlink("l", "nowhere");
        long unusedPipe = fixture.fifo("p");
        for (String name : List.of("f", "d", "l", "p")) {
            String found = Shell.run("getfattr", "-h", "-m", ".", "-d", fixture.path(name))
                    .out();
            assertThat(found).contains("trusted.twinshare.id");
        }
    }

    @Test
    void aLocallyDeletedFileIsStaleAndANewOneOfItsNameAndInodeIsNew() throws Exception {
        long id = fixture.file("f", "old");
        boolean sameInode = false;
        for (int i = 0; i < 200 && !sameInode; i++) {
            Object inode = Files.getAttribute(fixture.path("f"), "unix:ino");
            long before = fixture.lookup("f").id();
            Files.delete(fixture.path("f"));
            // An open descriptor would keep the inode from being used again.
            fixture.tree.tidy();
            Files.writeString(fixture.path("f"), "new");
            sameInode = inode.equals(Files.getAttribute(fixture.path("f"), "unix:ino"));
            TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(before));
            TestTree.assertFails(Errno.ESTALE, () -> fixture.read(before, 0, 10));
            assertThat(fixture.lookup("f").id()).isNotEqualTo(before);
        }
        assertThat(sameInode).as("ext4 gives an inode number again at once").isTrue();
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(id));
    }

    @Test
    void aLocallyReplacedFileIsANewFile() throws Exception {
        long id = fixture.file("f", "old");
        Path next = Files.writeString(fixture.path("next"), "new");
        TestTree.move(next, fixture.path("f"));

        assertThat(fixture.lookup("f").id()).isNotEqualTo(id);
        TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(id));
    }

    @Test
    void aLocallyMovedFileKeepsItsId() throws Exception {
        long from = fixture.directory("from");
        long to = fixture.directory("to");
        long file = fixture.file(from, "f");
        TestTree.move(fixture.path("from/f"), fixture.path("to/g"));

        assertThat(fixture.attributes(file).id()).isEqualTo(file);
        assertThat(fixture.lookup(to, "g").id()).isEqualTo(file);
        fixture.reopen();
        assertThat(fixture.attributes(file).id()).isEqualTo(file);
        TestTree.assertFails(Errno.ENOENT, () -> fixture.lookup(from, "f"));
    }

    @Test
    void whatIsBelowALocallyMovedDirectoryKeepsItsId() throws Exception {
        long above = fixture.directory("above");
        long below = fixture.directory(above, "below");
        long file = fixture.file(below, "f");
        TestTree.move(fixture.path("above"), fixture.path("elsewhere"));

        assertThat(fixture.attributes(file).id()).isEqualTo(file);
        assertThat(fixture.lookup(below, "f").id()).isEqualTo(file);
        assertThat(fixture.tree
                        .lookup(fixture.admin, below, Name.of(".."))
                        .object()
                        .id())
                .isEqualTo(above);
    }

    @Test
    void whatWasMovedOutOfTheExportIsStaleAtOnceAndBackAgainWhenItReturns() throws Exception {
        long directory = fixture.directory("d");
        long below = fixture.file(directory, "f");
        long file = fixture.file("g", "y");
        Path away = Files.createDirectory(fixture.base.resolve("away"));

        Path directoryAway = away.resolve("d");
        TestTree.move(fixture.path("d"), directoryAway);
        Path fileAway = away.resolve("g");
        TestTree.move(fixture.path("g"), fileAway);
        for (long id : new long[] {directory, below, file}) {
            TestTree.assertFails(Errno.ESTALE, () -> fixture.attributes(id));
        }
        assertThat(fixture.errorOf(TestTree.writing(fixture.admin, file, 0, "evil", Stability.UNSTABLE)))
                .isEqualTo(Errno.ESTALE);
        assertThat(Files.readString(away.resolve("g"))).isEqualTo("y");

        TestTree.move(directoryAway, fixture.path("d2"));
        TestTree.move(fileAway, fixture.path("g2"));
        for (long id : new long[] {directory, below, file}) {
            assertThat(fixture.attributes(id).id()).isEqualTo(id);
        }
    }

    @Test
    void aCopyWithACopiedMarkHasItsOwnId() throws Exception {
        long file = fixture.file("f", "x");
        Shell.Result unusedResult = Shell.run("cp", "-a", fixture.path("f"), fixture.path("copy"));
        long copy = fixture.lookup("copy").id();
        assertThat(copy).isNotEqualTo(file);
        fixture.crash();
        assertThat(fixture.lookup("copy").id()).isEqualTo(copy);
        assertThat(fixture.lookup("f").id()).isEqualTo(file);
    }

    @Test
    void localHardLinksShareTheId() throws Exception {
        long directory = fixture.directory("d");
        long file = fixture.file("f", "x");
        Path unusedLink = Files.createLink(fixture.path("d/g"), fixture.path("f"));
        assertThat(fixture.lookup(directory, "g").id()).isEqualTo(file);
        fixture.remove("f");
        fixture.crash();
        assertThat(fixture.attributes(file).links()).isEqualTo(1);
        assertThat(fixture.lookup(directory, "g").id()).isEqualTo(file);
    }

    @Test
    void ctimeRisesWithEveryChangeAlsoWhileTheClockStandsStillOrGoesBackAndThroughRestarts() throws Exception {
        long id = fixture.file("f");
        long other = fixture.directory("d");
        List<Long> times = new ArrayList<>(List.of(fixture.attributes(id).changeNs()));
        for (int round = 0; round < 12; round++) {
            switch (round % 6) {
                case 0 -> fixture.clock.goOn();
                case 1 -> fixture.clock.stopAt(Duration.ofHours(1));
                case 2 -> fixture.clock.stopAt(Duration.ofHours(-1));
                case 3 -> fixture.reopen();
                case 4 -> fixture.crash();
                default -> {}
            }
            fixture.set(id, TestTree.mode(0600 + round));
            times.add(fixture.attributes(id).changeNs());
            fixture.write(id, 0, "x", Stability.FILE_SYNC);
            times.add(fixture.attributes(id).changeNs());
            fixture.link(id, other, "l" + round);
            times.add(fixture.attributes(id).changeNs());
            Files.writeString(fixture.path("f"), "local" + round);
            times.add(fixture.attributes(id).changeNs());
        }
        assertThat(times).isSorted().doesNotHaveDuplicates();
    }

    /** Our ctime may be ahead of the machine's clock: then local changes must not give a ctime twice after a restart. */
    @Test
    void ctimeDoesNotRepeatItselfWhenLocalChangesComeBeforeAndAfterARestart() throws Exception {
        long id = fixture.file("f");
        fixture.clock.stopAt(Duration.ofHours(1));
        fixture.set(id, TestTree.mode(0600));
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Files.writeString(fixture.path("f"), "local" + i);
            times.add(fixture.attributes(id).changeNs());
            if (i % 2 == 0) {
                fixture.reopen();
            }
        }
        assertThat(times).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aNameIsKnownOnceWhereALocalProcessHasRemovedTheOther() throws Exception {
        long file = fixture.file("first");
        var unusedOutcome = fixture.link(file, fixture.root, "second");
        Files.delete(fixture.path("first"));

        assertThat(fixture.lookup("second").id()).isEqualTo(file);

        assertThat(fixture.tree.view().describe(file, true).places())
                .containsExactly(new NetState.Slot(fixture.root, Name.of("second")));
    }
}
