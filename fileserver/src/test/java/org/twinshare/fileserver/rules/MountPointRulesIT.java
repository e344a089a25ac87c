package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.MountStatus;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Status;

/** Rule 29, the options mountpoint, hide, nohide and crossmnt: what is mounted on the server, or is not. */
final class MountPointRulesIT {
    @TempDir
    private Path base;

    private Serving serving;
    private NfsProbe client;
    private Path other;

    @BeforeEach
    void serve() throws IOException {
        serving = Serving.start(base);
        client = serving.client();
        other = Files.createDirectory(base.resolve("other"));
        Files.createFile(other.resolve("below"));
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
    }

    private static void mount(Path directory) {
        Serving.run("mount", "-t", "tmpfs", "-o", "size=4m", "none", directory.toString());
    }

    private static void unmount(Path directory) {
        Serving.run("umount", "-l", directory.toString());
    }

    @Test
    void rule29MountpointExportsOnlyWhileSomethingIsMountedThere() throws IOException {
        try (StandardError log = new StandardError()) {
            serving.reload("/other 127.0.0.1(rw,no_root_squash,mountpoint)");
            assertThat(client.mount("/other").status()).isEqualTo(MountStatus.ACCES);
            assertThat(client.mount("/other").status()).isEqualTo(MountStatus.ACCES);
            assertThat(log.lines("refused to mount /other"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("127.0.0.1", "mountpoint", "other", "mount it"));
        }
        mount(other);
        try {
            FileHandle root = client.mount("/other").ok();
            assertThat(client.lookup(root, "below").status()).isEqualTo(Status.NOENT);
            assertThat(client.create(root, "on-the-disk", 0600).status()).isEqualTo(Status.OK);
        } finally {
            unmount(other);
        }
        assertThat(client.mount("/other").status()).isEqualTo(MountStatus.ACCES);
        assertThat(other.resolve("on-the-disk")).doesNotExist();
    }

    @Test
    void rule29CallsWaitWhileTheDiskIsAwayAndGoOnWhenItIsBack() throws IOException {
        Path disk = Files.createDirectory(base.resolve("disk"));
        serving.reload("/other 127.0.0.1(rw,no_root_squash)");
        FileHandle root = client.mount("/other").ok();

        serving.reload("/other 127.0.0.1(rw,no_root_squash,mp=" + disk + ")");
        assertThat(client.getattr(root).status()).isEqualTo(Status.JUKEBOX);
        mount(disk);
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(client.getattr(root).status()).isEqualTo(Status.OK));
        } finally {
            unmount(disk);
        }
    }

    @Test
    void rule29MountpointCountsForTheClientsThatHaveItOnly() throws IOException {
        serving.reload("/other 127.0.0.1(rw,mountpoint) 127.0.0.2(rw)");

        assertThat(client.mount("/other").status()).isEqualTo(MountStatus.ACCES);
        NfsProbe second = serving.client("127.0.0.2", Serving.ROOT);
        FileHandle root = second.mount("/other").ok();
        assertThat(second.getattr(root).status()).isEqualTo(Status.OK);
        assertThat(client.getattr(root).status()).isEqualTo(Status.JUKEBOX);
    }

    @Test
    void rule29AnotherFileSystemBelowIsNotEnteredWhateverTheOptionsSayAndTheLogSaysSo() throws IOException {
        Path disk = Files.createDirectory(other.resolve("disk"));
        mount(disk);
        try (StandardError log = new StandardError()) {
            serving.reload("/other 127.0.0.1(rw,no_root_squash,crossmnt,nohide)");
            FileHandle root = client.mount("/other").ok();
            assertThat(client.lookup(root, "disk").status()).isEqualTo(Status.XDEV);
            assertThat(client.mount("/other/disk").status()).isEqualTo(MountStatus.ACCES);
            assertThat(log.lines("clients of /other do not see what is mounted on"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("other/disk"));
            assertThat(log.text()).contains("remedy: export it with a line of its own");

            serving.reload("/other 127.0.0.1(rw,no_root_squash)", "/other/disk 127.0.0.1(rw,no_root_squash)");
            FileHandle inner = client.mount("/other/disk").ok();
            assertThat(client.create(inner, "file", 0600).status()).isEqualTo(Status.OK);
            assertThat(disk.resolve("file")).exists();
        } finally {
            unmount(disk);
        }
    }
}
