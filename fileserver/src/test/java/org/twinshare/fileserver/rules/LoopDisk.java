package org.twinshare.fileserver.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk of its own: an image file with ext4, mounted. A copy of the image is what a disk holds after a crash of the system,
 * because what was not synced is only in the page cache above it. Needs root.
 */
final class LoopDisk implements AutoCloseable {
    private final Path image;
    private final Path mountPoint;

    private LoopDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /** Makes and mounts one; ext4 writes nothing back by itself within a test. */
    static LoopDisk make(Path image, Path mountPoint, int megabytes, String... options) throws IOException {
        Serving.run("truncate", "-s", megabytes + "M", image.toString());
        String[] command = new String[options.length + 4];
        command[0] = "mkfs.ext4";
        System.arraycopy(options, 0, command, 1, options.length);
        command[options.length + 1] = "-q";
        command[options.length + 2] = "-F";
        command[options.length + 3] = image.toString();
        Serving.run(command);
        return mount(image, mountPoint, options.length == 0 ? "loop,commit=600" : "loop");
    }

    static LoopDisk mount(Path image, Path mountPoint) throws IOException {
        return mount(image, mountPoint, "loop,commit=600");
    }

    private static LoopDisk mount(Path image, Path mountPoint, String options) throws IOException {
        Files.createDirectories(mountPoint);
        Serving.run("mount", "-o", options, image.toString(), mountPoint.toString());
        return new LoopDisk(image, mountPoint);
    }

    /** What the disk would hold if the system crashed now, mounted. */
    LoopDisk afterCrash(Path copy, Path copyMountPoint) throws IOException {
        copyTo(copy);
        return mount(copy, copyMountPoint);
    }

    void copyTo(Path copy) {
        Serving.run("cp", "--sparse=always", image.toString(), copy.toString());
    }

    Path path() {
        return mountPoint;
    }

    @Override
    public void close() throws IOException {
        Serving.run("umount", "-l", mountPoint.toString());
        Files.delete(image);
    }
}
