package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Operation.CreateMode;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.identity.ClusterKey;

/** Disks that are full: of the files, and of the state. */
class FullDiskTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    @Test
    void aFullDiskIsToldWithTheWriteItselfAndWhatFitsWorksOn() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        try (LoopDisk disk = LoopDisk.ext4(fixture.base.resolve("disk.img"), 4, "-O", "^has_journal")) {
            disk.mount(mountPoint);
            long small = fixture.bind(mountPoint);
            Caller caller = Caller.root(small);
            long id = make(caller, "f");
            String block = "x".repeat(256 * 1024);
            @Nullable Errno error = null;
            for (int i = 0; i < 32 && error == null; i++) {
                Outcome outcome = fixture.change(
                        TestTree.writing(caller, id, (long) i * block.length(), block, Stability.FILE_SYNC));
                error = outcome.error();
                assertThat(outcome.wcc().after()).isNotNull();
            }
            assertThat(error).isEqualTo(Errno.ENOSPC);
            assertThat(fixture.tree.space(caller, small).availableBytes()).isLessThan(block.length());

            fixture.done(new Operation.SetAttr(caller, id, TestTree.size(0), null));
            fixture.done(TestTree.writing(caller, id, 0, block, Stability.FILE_SYNC));
            assertThat(Files.size(mountPoint.resolve("f"))).isEqualTo(block.length());
            fixture.close();
        }
    }

    @Test
    void whereNoInodeIsLeftNothingIsMadeAndNothingIsLeftBehind() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        try (LoopDisk disk = LoopDisk.ext4(fixture.base.resolve("disk.img"), 4, "-N", "32", "-O", "^has_journal")) {
            disk.mount(mountPoint);
            long small = fixture.bind(mountPoint);
            Caller caller = Caller.root(small);
            @Nullable Errno error = null;
            int made = 0;
            while (error == null && made < 100) {
                error = fixture.errorOf(create(caller, "f" + made));
                made++;
            }
            assertThat(error).isEqualTo(Errno.ENOSPC);
            assertThat(fixture.errorOf(new Operation.MakeDirectory(caller, small, Name.of("d"), TestTree.mode(0755))))
                    .isEqualTo(Errno.ENOSPC);
            assertThat(mountPoint.resolve("d")).doesNotExist();
            fixture.done(new Operation.Remove(caller, small, Name.of("f0")));
            fixture.done(create(caller, "again"));
            fixture.close();
        }
    }

    /** What cannot be remembered is not answered as done; clients send again what they have not committed. */
    @Test
    void aFullDiskOfTheStateFailsChangesChangesTheVerifierAndHeals() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        fixture.close();
        Shell.Result unusedMount = Shell.run("mount", "-t", "tmpfs", "-o", "size=1m", "twinshare-test", mountPoint);
        try {
            Path state = Files.createDirectory(mountPoint.resolve("state"));
            Path exported = Files.createDirectory(fixture.base.resolve("exported"));
            try (LocalTree tree =
                    LocalTree.open(state, ClusterKey.in(state), LocalTree.Limits.DEFAULT, fixture.clock)) {
                fixture.tree = tree;
                Caller caller = Caller.root(fixture.bind(exported));
                long unusedFirst = make(caller, "first");
                Path filler = mountPoint.resolve("filler");
                Shell.Result unusedFill = Shell.attempt("dd", "if=/dev/zero", "of=" + filler, "bs=4k");
                long verifier = tree.writeVerifier();

                @Nullable Errno error = null;
                for (int i = 0; i < 2000 && error == null; i++) {
                    error = fixture.errorOf(create(caller, "a-name-that-takes-some-room-in-the-index-" + i));
                }
                assertThat(error).isEqualTo(Errno.ENOSPC);
                assertThat(tree.writeVerifier()).isNotEqualTo(verifier);

                Files.delete(filler);
                long id = make(caller, "works-again");
                assertThat(tree.attributes(caller, id).id()).isEqualTo(id);
            }
        } finally {
            Shell.Result unusedUnmount = Shell.run("umount", mountPoint);
        }
    }

    /** An ext4 in a file of a memory disk that is too small for it: what the cache took cannot be written out. */
    @Test
    void aDeviceThatFailsFailsTheCommitAndChangesTheVerifier() throws Exception {
        Path memory = Files.createDirectory(fixture.base.resolve("memory"));
        Path mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        Shell.Result unusedMount = Shell.run("mount", "-t", "tmpfs", "-o", "size=8m", "twinshare-test", memory);
        try (LoopDisk disk = LoopDisk.ext4(memory.resolve("disk.img"), 64, "-O", "^has_journal")) {
            disk.mount(mountPoint);
            Caller caller = Caller.root(fixture.bind(mountPoint));
            long id = make(caller, "f");
            long verifier = fixture.tree.writeVerifier();
            String block = "x".repeat(1 << 20);
            for (int i = 0; i < 24; i++) {
                fixture.done(TestTree.writing(caller, id, (long) i << 20, block, Stability.UNSTABLE));
            }
            assertThat(fixture.tree.writeVerifier()).isEqualTo(verifier);

            Outcome commit = fixture.change(new Operation.Commit(caller, id, 0, 0));

            assertThat(commit.error()).isIn(Errno.EIO, Errno.ENOSPC);
            assertThat(fixture.tree.writeVerifier()).isNotEqualTo(verifier);
            fixture.close();
        } finally {
            Shell.Result unusedUnmount = Shell.run("umount", "-l", memory);
        }
    }

    private long make(Caller caller, String name) {
        return fixture.done(create(caller, name)).object();
    }

    private static Operation create(Caller caller, String name) {
        return new Operation.Create(caller, caller.root(), Name.of(name), CreateMode.GUARDED, TestTree.mode(0600), 0);
    }
}
