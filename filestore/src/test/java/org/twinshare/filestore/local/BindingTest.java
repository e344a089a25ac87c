package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.identity.ClusterKey;

/** An exported directory belongs to its state: another one is refused, until it is adopted. */
class BindingTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    private void assertRefused(Path directory) {
        assertThatThrownBy(() -> fixture.bind(directory)).isInstanceOf(RootRefused.class);
    }

    private LocalTree openWithoutExports() throws Exception {
        fixture.close();
        return openAgain();
    }

    private LocalTree openAgain() throws Exception {
        return openAt(fixture.stateDirectory());
    }

    private LocalTree openAt(Path state) throws Exception {
        fixture.tree = LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, fixture.clock);
        return fixture.tree;
    }

    private static byte[] bytes(Path path) {
        return path.toString().getBytes(UTF_8);
    }

    @Test
    void theRootIsTheSameForEver() throws Exception {
        long before = fixture.root;
        fixture.reopen();
        assertThat(fixture.root).isEqualTo(before);
        assertThat(fixture.bind(fixture.export())).as("bound twice").isEqualTo(before);
    }

    @Test
    void anEmptyDirectoryInThePlaceOfTheKnownOneIsRefused() throws Exception {
        long unusedFile = fixture.file("f");
        try (LocalTree tree = openWithoutExports()) {
            Files.move(fixture.export(), fixture.base.resolve("unmounted"));
            Files.createDirectory(fixture.export());
            assertRefused(fixture.export());

            long adopted = tree.bind(bytes(fixture.export()), true);
            assertThat(adopted).isNotEqualTo(fixture.root);
            TestTree.assertFails(Errno.ESTALE, () -> tree.attributes(Caller.root(adopted), fixture.root));
        }
    }

    /** A standby that starts is told of files before it knows which directories are exported. */
    @Test
    void whatIsInADirectoryThatIsNotBoundYetIsKnownWhenItIs() throws Exception {
        long file = fixture.file("f");
        try (LocalTree tree = openWithoutExports()) {
            assertThat(tree.copy().has(file)).isFalse();
            Caller admin = Caller.root(tree.bind(bytes(fixture.export()), false));
            assertThat(tree.copy().has(file)).isTrue();
            assertThat(tree.attributes(admin, file).id()).isEqualTo(file);
        }
    }

    @Test
    void anotherServedDirectoryInThePlaceOfTheKnownOneIsRefused() throws Exception {
        Path other = Files.createDirectory(fixture.base.resolve("other"));
        long unusedId = fixture.bind(other);
        try (LocalTree unusedTree = openWithoutExports()) {
            Files.move(fixture.export(), fixture.base.resolve("away"));
            Files.move(other, fixture.export());
            assertRefused(fixture.export());
        }
    }

    @Test
    void aDirectoryWhoseStateIsLostIsRefused() throws Exception {
        fixture.close();
        Path lost = Files.createDirectory(fixture.base.resolve("new-state"));
        try (LocalTree tree = openAt(lost)) {
            assertRefused(fixture.export());
            long unusedAdopted = tree.bind(bytes(fixture.export()), true);
        }
    }

    @Test
    void aDirectoryWhoseIndexIsLostIsRefused() throws Exception {
        fixture.close();
        Path keyOnly = Files.createDirectory(fixture.base.resolve("key-only"));
        Path unusedKey = Files.copy(fixture.stateDirectory().resolve("cluster.key"), keyOnly.resolve("cluster.key"));
        try (LocalTree unusedTree = openAt(keyOnly)) {
            assertRefused(fixture.export());
        }
    }

    @Test
    void aCopyWithAllAttributesIsADirectoryOfItsOwn() throws Exception {
        long file = fixture.file("f", "original");
        Path copy = fixture.base.resolve("copy");
        Shell.Result unusedResult = Shell.run("cp", "-a", fixture.export(), copy);
        Files.writeString(copy.resolve("f"), "copy");

        long copied = fixture.bind(copy);

        assertThat(copied).isNotEqualTo(fixture.root);
        Caller there = Caller.root(copied);
        long fileThere =
                fixture.tree.lookup(there, copied, Name.of("f")).object().id();
        assertThat(fileThere).isNotEqualTo(file);
        assertThat(fixture.tree.attributes(there, fileThere).sizeBytes()).isEqualTo(4);
        assertThat(fixture.attributes(file).sizeBytes()).isEqualTo(8);
    }

    /** {@code rsync -aX} gives the directory that it copies into all attributes of the one that it copies. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void staysTheSameWhenAnotherDirectoryIsCopiedIntoIt(boolean served) throws Exception {
        long file = fixture.file("kept", "content");
        Path other = Files.createDirectory(fixture.base.resolve("other"));
        Path otherState = Files.createDirectory(fixture.base.resolve("other-state"));
        fixture.close();
        if (served) {
            try (LocalTree tree = openAt(otherState)) {
                long unusedId = tree.bind(bytes(other), false);
            }
        }
        String mark = mark();
        Shell.Result unusedResult = Shell.run("rsync", "-aX", other + "/", fixture.export() + "/");
        assertThat(mark()).isNotEqualTo(mark);

        try (LocalTree tree = openAgain()) {
            assertThat(tree.bind(bytes(fixture.export()), false)).isEqualTo(fixture.root);
            assertThat(tree.attributes(Caller.root(fixture.root), file).sizeBytes())
                    .isEqualTo(7);
            assertThat(mark()).isEqualTo(mark);
        }
    }

    private String mark() throws Exception {
        return Shell.run("getfattr", "--absolute-names", "-d", "-m", "twinshare", "-e", "hex", fixture.export())
                .out();
    }

    @Test
    void aDirectoryInsideCanBeExportedAloneAndWithTheOuterOneInAnyOrder() throws Exception {
        long made = fixture.directory("made");
        long file = fixture.file(made, "f");
        Files.createDirectory(fixture.path("local"));
        Path outer = fixture.export();
        Path local = fixture.path("local");
        try (LocalTree tree = openWithoutExports()) {
            assertThat(tree.bind(bytes(fixture.path("made")), false)).isEqualTo(made);
            assertThat(tree.attributes(Caller.root(made), file).id()).isEqualTo(file);
        }
        long localId;
        try (LocalTree tree = openAgain()) {
            localId = tree.bind(bytes(local), false);
        }
        for (int round = 0; round < 2; round++) {
            try (LocalTree tree = openAgain()) {
                Path[] order = round == 0 ? new Path[] {outer, local} : new Path[] {local, outer};
                for (Path path : order) {
                    assertThat(tree.bind(bytes(path), false)).isEqualTo(path.equals(outer) ? fixture.root : localId);
                }
                assertThat(tree.lookup(Caller.root(fixture.root), fixture.root, Name.of("local"))
                                .object()
                                .id())
                        .isEqualTo(localId);
            }
        }
    }

    /** Every ext4 has its root at inode 2, and some tools that make one leave its time of birth at zero. */
    @Test
    void anotherDiskMountedInThePlaceOfTheKnownOneIsRefused() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        try (LoopDisk first = LoopDisk.ext4(fixture.base.resolve("a.img"), 8);
                LoopDisk second = LoopDisk.ext4(fixture.base.resolve("b.img"), 8)) {
            first.bornAtZero();
            second.bornAtZero();
            first.mount(mountPoint);
            long id = fixture.bind(mountPoint);
            fixture.close();
            first.unmount();
            second.mount(mountPoint);
            try (LocalTree unusedTree = openAgain()) {
                assertRefused(mountPoint);
            }
            second.unmount();
            try (LocalTree unusedTree = openAgain()) {
                assertRefused(mountPoint);
            }
            first.mount(mountPoint);
            try (LocalTree unusedTree = openAgain()) {
                assertThat(fixture.bind(mountPoint)).isEqualTo(id);
            }
        }
    }

    /** A container shows directories of one disk as mounts of their own. */
    @Test
    void twoMountsOfOneDiskAreTwoExports() throws Exception {
        Path[] mounts = new Path[2];
        for (int i = 0; i < 2; i++) {
            Path directory = Files.createDirectory(fixture.base.resolve("disk-" + i));
            Files.createDirectory(directory.resolve("d"));
            Files.writeString(directory.resolve("d/f"), "content");
            mounts[i] = Files.createDirectory(fixture.base.resolve("mount-" + i));
        }
        try {
            for (int i = 0; i < 2; i++) {
                Shell.Result unusedMount = Shell.run("mount", "--bind", fixture.base.resolve("disk-" + i), mounts[i]);
            }
            for (Path mount : mounts) {
                long root = fixture.bind(mount);
                Caller caller = Caller.root(root);
                long directory =
                        fixture.tree.lookup(caller, root, Name.of("d")).object().id();
                long file = fixture.tree
                        .lookup(caller, directory, Name.of("f"))
                        .object()
                        .id();
                Path moved = Files.createFile(mount.resolve("x"));
                TestTree.move(moved, mount.resolve("y"));
                assertThat(fixture.tree.attributes(caller, directory).id()).isEqualTo(directory);
                assertThat(fixture.tree.attributes(caller, file).sizeBytes()).isEqualTo(7);
            }
            fixture.close();
        } finally {
            for (Path mount : mounts) {
                Shell.Result unusedUnmount = Shell.attempt("umount", "-l", mount);
            }
        }
    }
}
