package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A file system that became read-only, which is not the same as one that is. */
class FailedVolumeTest {
    @RegisterExtension
    final TestTree fixture = new TestTree();

    private Path mountPoint;

    @BeforeEach
    void mount() throws Exception {
        mountPoint = Files.createDirectory(fixture.base.resolve("mnt"));
        Shell.Result unusedMount = Shell.run("mount", "-t", "tmpfs", "-o", "size=1m", "twinshare-test", mountPoint);
        long unusedRoot = fixture.bind(mountPoint);
    }

    @AfterEach
    void unmount() throws Exception {
        fixture.close();
        Shell.Result unusedUnmount = Shell.run("umount", mountPoint);
    }

    private void remount(String how) throws Exception {
        Shell.Result unusedRemount = Shell.run("mount", "-o", "remount," + how, mountPoint);
    }

    @Test
    void whatTookFilesAtTheStartAndDoesNotAnyMoreHasFailed() throws Exception {
        assertThat(fixture.tree.hasFailed()).isFalse();

        remount("ro");
        assertThat(fixture.tree.hasFailed()).isTrue();
        remount("rw");
        assertThat(fixture.tree.hasFailed()).isFalse();

        remount("ro");
        fixture.reopen();
        long unusedSame = fixture.bind(mountPoint);
        assertThat(fixture.tree.hasFailed()).isFalse();
    }

    /** A full one takes nothing either, and clients are told so. */
    @Test
    void aFullOneHasNotFailed() throws Exception {
        Path filler = mountPoint.resolve("filler");
        Shell.Result unusedFill = Shell.attempt("dd", "if=/dev/zero", "of=" + filler, "bs=4k");
        assertThat(Files.getFileStore(mountPoint).getUsableSpace()).isZero();

        assertThat(fixture.tree.hasFailed()).isFalse();
    }
}
