package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An ext4 on a disk of its own, which can be made to fail: the disk becomes shorter than the file system takes it for, so that what
 * lies behind its end comes back as I/O errors, as from a real one.
 */
final class FailingDisk implements AutoCloseable {
    private static final String SMALL = "256M";
    private static final String LARGE = "2G";
    /** The file system's own blocks and some files have room. */
    private static final String LEFT = "4M";

    private final Path memory;
    private final Path mountPoint;
    private final String size;

    private FailingDisk(Path memory, Path mountPoint, String size) {
        this.memory = memory;
        this.mountPoint = mountPoint;
        this.size = size;
    }

    /** One that {@link #fails}; it has no journal, whose errors would stop the whole file system, and few inodes before the data. */
    static FailingDisk thatFails(Path memory, Path mountPoint) {
        return make(memory, mountPoint, SMALL, "-N", "4096", "-O", "^has_journal,^resize_inode");
    }

    /** One that {@link #dies}, or {@link #becomesReadOnly}. */
    static FailingDisk thatDies(Path memory, Path mountPoint) {
        return make(memory, mountPoint, LARGE, "-e", "remount-ro");
    }

    /** @param memory where the memory disk is mounted that holds it; both directories are made */
    private static FailingDisk make(Path memory, Path mountPoint, String size, String... options) {
        Shell.run("mkdir", "-p", memory.toString(), mountPoint.toString()).orFail();
        Shell.run("mount", "-t", "tmpfs", "-o", "size=2100m", "twinshare-test", memory.toString())
                .orFail();
        shareMountsBeside(mountPoint);
        FailingDisk disk = new FailingDisk(memory, mountPoint, size);
        disk.becomes(size);
        List<String> command = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F"));
        command.addAll(List.of(options));
        command.add(disk.image());
        Shell.run(command.toArray(String[]::new)).orFail();
        disk.mount();
        Shell.run("rmdir", mountPoint.resolve("lost+found").toString()).orFail();
        return disk;
    }

    /** So that it is unmounted in the namespaces of the machines too, which keep it in use otherwise. */
    static void shareMountsBeside(Path mountPoint) {
        String above = mountPoint.resolveSibling("").toString();
        if (Shell.run("mountpoint", "-q", above).exitCode() != 0) {
            Shell.run("mount", "--bind", above, above).orFail();
        }
        Shell.run("mount", "--make-shared", above).orFail();
    }

    private String image() {
        return memory.resolve("disk.img").toString();
    }

    private void mount() {
        Shell.run("mount", "-o", "loop", image(), mountPoint.toString()).orFail();
    }

    private void becomes(String size) {
        Shell.run("truncate", "-s", size, image()).orFail();
    }

    private void deviceBecomes(String size) {
        becomes(size);
        String device =
                Shell.run("losetup", "-n", "-O", "NAME", "-j", image()).orFail().strip();
        Shell.run("losetup", "-c", device).orFail();
    }

    /** Most of what is written does not reach it from now on. */
    void fails() {
        Shell.run("sync", "-f", mountPoint.toString()).orFail();
        Shell.run("cp", "--sparse=always", image(), before()).orFail();
        deviceBecomes(LEFT);
    }

    /** Everything is taken again, and what was there before is back; what was lost is lost. */
    void isWell() {
        becomes(size);
        Shell.run("dd", "if=" + before(), "of=" + image(), "bs=" + LEFT, "skip=1", "seek=1", "conv=notrunc,sparse")
                .orFail();
        deviceBecomes(size);
    }

    private String before() {
        return memory.resolve("before.img").toString();
    }

    /** Nothing is read or written any more (ioctl EXT4_IOC_SHUTDOWN, as xfs_io(8) does it). */
    void dies() {
        String shutDown = "open F, '<', $ARGV[0]; my $how = pack 'L', 2; ioctl F, 0x8004587d, $how or die $!";
        Shell.run("perl", "-e", shutDown, mountPoint.toString()).orFail();
    }

    /** Whoever writes waits, and is told no error. */
    void hangs() {
        Shell.run("fsfreeze", "--freeze", mountPoint.toString()).orFail();
    }

    void goesOn() {
        Shell.run("fsfreeze", "--unfreeze", mountPoint.toString()).orFail();
    }

    /** The kernel makes it read-only, as it does by itself where something is damaged (ext4(5), errors=remount-ro). */
    void becomesReadOnly() {
        Shell.run("mount", "-o", "remount,abort", mountPoint.toString()).orFail();
        assertThat(Shell.run("touch", mountPoint.toString()).toString()).contains("Read-only file system");
    }

    /** What is in it is what is on the disk, and not what the page cache took for written. */
    void mountAnew() {
        Shell.run("umount", mountPoint.toString()).orFail();
        mount();
    }

    @Override
    public void close() {
        Shell.run("fsfreeze", "--unfreeze", mountPoint.toString());
        Shell.run("umount", "-l", mountPoint.toString());
        Shell.run("umount", "-l", mountPoint.resolveSibling("").toString());
        Shell.run("umount", "-l", memory.toString());
    }
}
