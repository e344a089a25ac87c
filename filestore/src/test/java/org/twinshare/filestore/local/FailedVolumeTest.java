package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A file system that became read-only, which is not the same as one that is. */
class FailedVolumeTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    @Test
    void whatTookFilesAtTheStartAndDoesNotAnyMoreHasFailed() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        Shell.Result unusedMount = Shell.run("mount", "-t", "tmpfs", "-o", "size=1m", "twinshare-test", mountPoint);
        try {
            long unusedRoot = fixture.bind(mountPoint);
            assertThat(fixture.tree.hasFailed()).isFalse();

            remount(mountPoint, "ro");
            assertThat(fixture.tree.hasFailed()).isTrue();
            remount(mountPoint, "rw");
            assertThat(fixture.tree.hasFailed()).isFalse();

            remount(mountPoint, "ro");
            fixture.reopen();
            long unusedSame = fixture.bind(mountPoint);
            assertThat(fixture.tree.hasFailed()).isFalse();
            fixture.close();
        } finally {
            Shell.Result unusedUnmount = Shell.run("umount", mountPoint);
        }
    }

    /** A full one takes nothing either, and clients are told so. */
    @Test
    void aFullOneHasNotFailed() throws Exception {
        Path mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        Shell.Result unusedMount = Shell.run("mount", "-t", "tmpfs", "-o", "size=1m", "twinshare-test", mountPoint);
        try {
            long unusedRoot = fixture.bind(mountPoint);
            Path filler = mountPoint.resolve("filler");
            Shell.Result unusedFill = Shell.attempt("dd", "if=/dev/zero", "of=" + filler, "bs=4k");
            assertThat(Files.getFileStore(mountPoint).getUsableSpace()).isZero();

            assertThat(fixture.tree.hasFailed()).isFalse();
            fixture.close();
        } finally {
            Shell.Result unusedUnmount = Shell.run("umount", mountPoint);
        }
    }

    private static void remount(Path mountPoint, String how) throws Exception {
        Shell.Result unusedRemount = Shell.run("mount", "-o", "remount," + how, mountPoint);
    }
}
