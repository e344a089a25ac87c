package org.twinshare.filestore;

/**
 * Attributes of an object as a client sees them (RFC 1813 section 2.5, fattr3). Times are nanoseconds since 1970.
 *
 * @param id        the file id: ours, never used for another object, the same on both servers
 * @param mode      permission bits with setuid, setgid and sticky, without the type
 * @param usedBytes space taken on disk
 * @param changeNs  our own ctime: rises with every change of this object, also where the kernel's clock is too coarse
 * @param rdev      major and minor device number in the high and low 32 bits
 */
public record Attributes(
        long id,
        FileType type,
        int mode,
        int links,
        int uid,
        int gid,
        long sizeBytes,
        long usedBytes,
        long rdev,
        long accessNs,
        long modifyNs,
        long changeNs) {

    public boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }
}
