package org.twinshare.filestore.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A small disk in a file, for tests that fill one up, take one away or put another in its place. */
final class LoopDisk implements AutoCloseable {
    private final Path image;
    private @Nullable Path mountedAt;

    private LoopDisk(Path image) {
        this.image = image;
    }

    /** A new disk with an ext4 of so many megabytes; without mkfs.ext4 or loop devices the test is skipped. */
    static LoopDisk ext4(Path image, int megabytes, String... options) throws IOException, InterruptedException {
        Path mkfs = Path.of("/sbin/mkfs.ext4");
        Assumptions.assumeTrue(Files.exists(mkfs) && Files.exists(Path.of("/dev/loop0")), "needs mkfs.ext4 and loop");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(megabytes * 1_048_576L);
        }
        String[] command = new String[options.length + 4];
        command[0] = mkfs.toString();
        command[1] = "-q";
        command[2] = "-F";
        System.arraycopy(options, 0, command, 3, options.length);
        command[options.length + 3] = image.toString();
        Shell.Result unusedResult = Shell.run((Object[]) command);
        return new LoopDisk(image);
    }

    /** Takes the time of birth from the root directory. */
    void bornAtZero() throws IOException, InterruptedException {
        for (String field : new String[] {"crtime", "crtime_extra"}) {
            Shell.Result unusedResult = Shell.run("debugfs", "-w", "-R", "set_inode_field <2> " + field + " 0", image);
        }
    }

    void mount(Path directory) throws IOException, InterruptedException {
        Shell.Result result = Shell.attempt("mount", "-o", "loop", image, directory);
        Assumptions.assumeTrue(result.exitCode() == 0, "no loop device may be mounted here");
        mountedAt = directory;
    }

    void unmount() throws IOException, InterruptedException {
        if (mountedAt != null) {
            Shell.Result unusedResult = Shell.run("umount", mountedAt);
            mountedAt = null;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (mountedAt != null) {
            Shell.Result unusedResult = Shell.attempt("umount", "-l", mountedAt);
        }
    }
}
