package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Operation.CreateMode;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.SetAttributes.SetTime;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.WccAttributes;

/** CREATE, MKDIR, SYMLINK and MKNOD, seen from outside through the kernel. */
class MakingTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    private static Map<String, Object> outside(Path path) throws IOException {
        return Files.readAttributes(path, "unix:mode,uid,gid,nlink,size,rdev", LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void aFileIsMadeWithTheModeAndOwnerAndTimesThatWereAskedFor() throws Exception {
        SetAttributes wanted = new SetAttributes(
                0640,
                1001,
                1002,
                5000L,
                new SetTime.ClientTime(1_000_000_001L),
                new SetTime.ClientTime(2_000_000_002L));

        Outcome outcome = fixture.done(
                new Operation.Create(fixture.admin, fixture.root, Name.of("f"), CreateMode.GUARDED, wanted, 0));

        Path made = fixture.path("f");
        assertThat(outside(made))
                .containsEntry("mode", 0100640)
                .containsEntry("uid", 1001)
                .containsEntry("gid", 1002)
                .containsEntry("nlink", 1)
                .containsEntry("size", 5000L);
        assertThat(Files.getLastModifiedTime(made).toInstant()).isEqualTo(Instant.ofEpochSecond(2, 2));
        Attributes told = fixture.attributes(outcome.object());
        assertThat(told.accessNs()).isEqualTo(1_000_000_001L);
        assertThat(told.modifyNs()).isEqualTo(2_000_000_002L);
        assertThat(told).isEqualTo(outcome.attributes());
        assertThat(told.type()).isEqualTo(FileType.REGULAR);
        assertThat(told.mode()).isEqualTo(0640);
    }

    @Test
    void theMaskThatTheServerWasStartedWithTakesNothingAway() throws Exception {
        long id = fixture.done(new Operation.Create(
                        fixture.admin, fixture.root, Name.of("f"), CreateMode.GUARDED, TestTree.mode(0666), 0))
                .object();
        assertThat(fixture.attributes(id).mode()).isEqualTo(0666);
        assertThat(TestTree.outsideMode(fixture.path("f"))).isEqualTo(0666);
    }

    @Test
    void everyTypeIsMadeAsTheKernelKnowsIt() throws Exception {
        long rdev = 7L << 32 | 300;
        long directory = fixture.directory("d");
        long link = fixture.symlink("l", "no/such");
        long fifo = fixture.fifo("p");
        long socket = node("s", FileType.SOCKET, 0);
        long character = node("c", FileType.CHARACTER_DEVICE, rdev);
        long block = node("b", FileType.BLOCK_DEVICE, rdev);

        assertThat(outside(fixture.path("d"))).containsEntry("mode", 0040755);
        assertThat(Files.readSymbolicLink(fixture.path("l"))).hasToString("no/such");
        assertThat(outside(fixture.path("p"))).containsEntry("mode", 0010600);
        assertThat(outside(fixture.path("s"))).containsEntry("mode", 0140600);
        assertThat(outside(fixture.path("c"))).containsEntry("mode", 0020600);
        assertThat(outside(fixture.path("b"))).containsEntry("mode", 0060600);
        assertThat(fixture.attributes(directory).type()).isEqualTo(FileType.DIRECTORY);
        assertThat(fixture.attributes(link).type()).isEqualTo(FileType.SYMLINK);
        assertThat(fixture.attributes(fifo).type()).isEqualTo(FileType.FIFO);
        assertThat(fixture.attributes(socket).type()).isEqualTo(FileType.SOCKET);
        assertThat(fixture.attributes(character).rdev()).isEqualTo(rdev);
        assertThat(fixture.attributes(block).rdev()).isEqualTo(rdev);
        // makedev(3) with the kernel's encoding of 32 bits: 12 bits of major, 20 of minor.
        assertThat(outside(fixture.path("c"))).containsEntry("rdev", 7L << 8 | 300 & 0xff | (300 & ~0xffL) << 12);
    }

    private long node(String name, FileType type, long rdev) {
        return fixture.done(new Operation.MakeNode(
                        fixture.admin, fixture.root, Name.of(name), type, TestTree.mode(0600), rdev))
                .object();
    }

    @Test
    void devicesAreForRoot() {
        Operation byOther = new Operation.MakeNode(
                fixture.user(1000, 1000),
                fixture.root,
                Name.of("c"),
                FileType.CHARACTER_DEVICE,
                TestTree.mode(0600),
                0);
        assertThat(fixture.errorOf(byOther)).isEqualTo(Errno.EPERM);
    }

    @Test
    void uncheckedTakesWhatIsThereAndTruncatesItWhenAskedTo() throws Exception {
        long id = fixture.file("f", "old content");

        assertThat(fixture.done(fixture.creating(fixture.root, "f", CreateMode.UNCHECKED))
                        .object())
                .isEqualTo(id);
        assertThat(fixture.read(id, 0, 100)).isEqualTo("old content");

        Outcome truncated = fixture.done(new Operation.Create(
                fixture.admin, fixture.root, Name.of("f"), CreateMode.UNCHECKED, TestTree.size(3), 0));
        assertThat(truncated.object()).isEqualTo(id);
        assertThat(Files.readString(fixture.path("f"))).isEqualTo("old");
        assertThat(TestTree.of(truncated).sizeBytes()).isEqualTo(3);
    }

    /** RFC 1813 section 3.3.8: dir_wcc is about the directory, whatever became of the file. */
    @Test
    void theWccOfACreateIsOfTheDirectoryAlsoWhereTheFileWasThere() throws Exception {
        long unusedFile = fixture.file("f", "content");
        Attributes directory = fixture.attributes(fixture.root);

        Outcome found = fixture.done(fixture.creating(fixture.root, "f", CreateMode.UNCHECKED));
        Outcome truncated = fixture.done(new Operation.Create(
                fixture.admin, fixture.root, Name.of("f"), CreateMode.UNCHECKED, TestTree.size(0), 0));

        assertThat(found.wcc()).isEqualTo(Wcc.unchanged(directory));
        assertThat(truncated.wcc()).isEqualTo(Wcc.unchanged(directory));
    }

    @Test
    void guardedAndExclusiveRefuseWhatIsThere() {
        long unusedFile = fixture.file("f");
        assertThat(fixture.errorOf(fixture.creating(fixture.root, "f", CreateMode.GUARDED)))
                .isEqualTo(Errno.EEXIST);
        assertThat(fixture.errorOf(fixture.creating(fixture.root, "f", CreateMode.EXCLUSIVE)))
                .isEqualTo(Errno.EEXIST);
    }

    @Test
    void exclusiveWithTheSameVerifierIsTheSameFileAlsoAfterARestartAndUntilSetattr() throws Exception {
        Operation.Create create = exclusive(77);
        long id = fixture.done(create).object();
        assertThat(fixture.done(create).object()).isEqualTo(id);
        assertThat(fixture.errorOf(exclusive(78))).isEqualTo(Errno.EEXIST);

        fixture.crash();
        assertThat(fixture.done(exclusive(77)).object()).isEqualTo(id);
        assertThat(fixture.errorOf(exclusive(78))).isEqualTo(Errno.EEXIST);

        fixture.set(id, TestTree.mode(0600));
        assertThat(fixture.errorOf(exclusive(77))).isEqualTo(Errno.EEXIST);
        fixture.crash();
        assertThat(fixture.errorOf(exclusive(77))).as("also after a restart").isEqualTo(Errno.EEXIST);
    }

    private Operation.Create exclusive(long verifier) {
        return new Operation.Create(
                fixture.admin, fixture.root, Name.of("x"), CreateMode.EXCLUSIVE, SetAttributes.NOTHING, verifier);
    }

    @Test
    void nothingIsMadeOverAnythingElse() {
        long unusedDirectory = fixture.directory("d");
        long unusedLink = fixture.symlink("l", "d");
        for (String name : new String[] {"d", "l", ".", ".."}) {
            for (CreateMode mode : CreateMode.values()) {
                assertThat(fixture.errorOf(fixture.creating(fixture.root, name, mode)))
                        .as("%s %s", name, mode)
                        .isEqualTo(Errno.EEXIST);
            }
            assertThat(fixture.errorOf(new Operation.MakeDirectory(
                            fixture.admin, fixture.root, Name.of(name), TestTree.mode(0700))))
                    .isEqualTo(Errno.EEXIST);
            assertThat(fixture.errorOf(new Operation.MakeSymlink(
                            fixture.admin, fixture.root, Name.of(name), SetAttributes.NOTHING, new byte[] {'x'})))
                    .isEqualTo(Errno.EEXIST);
            assertThat(fixture.errorOf(new Operation.MakeNode(
                            fixture.admin, fixture.root, Name.of(name), FileType.FIFO, TestTree.mode(0700), 0)))
                    .isEqualTo(Errno.EEXIST);
        }
    }

    @Test
    void wccTellsTheDirectoryJustBeforeAndJustAfter() throws Exception {
        Attributes before = fixture.attributes(fixture.root);
        Outcome outcome = fixture.done(
                new Operation.MakeDirectory(fixture.admin, fixture.root, Name.of("d"), TestTree.mode(0755)));
        Attributes after = fixture.attributes(fixture.root);

        assertThat(outcome.wcc()).isEqualTo(new Wcc(WccAttributes.of(before), after));
        assertThat(after.changeNs()).isGreaterThan(before.changeNs());
        assertThat(after.links()).isEqualTo(before.links() + 1);
    }

    @Test
    void aFailureTellsTheDirectoryToo() throws Exception {
        long unusedFile = fixture.file("f");
        Attributes now = fixture.attributes(fixture.root);
        Outcome outcome = fixture.change(fixture.creating(fixture.root, "f", CreateMode.GUARDED));
        assertThat(outcome.wcc()).isEqualTo(Wcc.unchanged(now));
        assertThat(outcome.object()).isZero();
    }

    @Test
    void whatIsNotADirectoryOrIsGoneHoldsNothing() throws Exception {
        long file = fixture.file("f");
        assertThat(fixture.errorOf(fixture.creating(file, "x", CreateMode.GUARDED)))
                .isEqualTo(Errno.ENOTDIR);
        long gone = fixture.directory("d");
        Files.delete(fixture.path("d"));
        assertThat(fixture.errorOf(fixture.creating(gone, "x", CreateMode.GUARDED)))
                .isEqualTo(Errno.ESTALE);
        assertThat(fixture.errorOf(fixture.creating(123_456, "x", CreateMode.GUARDED)))
                .isEqualTo(Errno.ESTALE);
    }

    @Test
    void namesAreBytes() throws Exception {
        byte[] longest = new byte[255];
        java.util.Arrays.fill(longest, (byte) 0xe9);
        byte[][] names = {{(byte) 0xe9}, "two\nlines".getBytes(UTF_8), "-rf".getBytes(UTF_8), longest, {1}, {' '}};
        for (byte[] bytes : names) {
            Name name = Name.of(bytes, 0, bytes.length);
            long id = fixture.done(new Operation.Create(
                            fixture.admin, fixture.root, name, CreateMode.GUARDED, TestTree.mode(0600), 0))
                    .object();
            assertThat(fixture.tree
                            .lookup(fixture.admin, fixture.root, name)
                            .object()
                            .id())
                    .isEqualTo(id);
        }
        String printed = Shell.run("sh", "-c", "cd \"$1\" && ls -1b | sort", "sh", fixture.export())
                .out();
        assertThat(printed).contains("\\351\n").contains("two\\nlines\n").contains("-rf\n");

        TestTree.assertFails(Errno.ENAMETOOLONG, () -> Name.of(new byte[256], 0, 256));
    }

    @Test
    void aNewFileIsThereWithAllItsBytesOfNothing() throws Exception {
        long id = fixture.done(new Operation.Create(
                        fixture.admin, fixture.root, Name.of("f"), CreateMode.UNCHECKED, TestTree.size(10), 0))
                .object();
        fixture.write(id, 8, "xy", Stability.UNSTABLE);
        assertThat(Files.readAllBytes(fixture.path("f"))).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 'x', 'y');
    }
}
