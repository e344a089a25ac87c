package org.twinshare.filestore.posix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.twinshare.filestore.FileType;

/**
 * What statx(2) says of an object. Times are nanoseconds since 1970; {@code device} and {@code rdev} are major and minor
 * numbers in the high and low 32 bits.
 *
 * @param mode      the permission bits with setuid, setgid and sticky, without the type
 * @param usedBytes space taken on disk
 * @param birthNs   when the inode was made, 0 where the file system does not say
 */
public record Stat(
        FileType type,
        int mode,
        int links,
        int uid,
        int gid,
        long inode,
        long sizeBytes,
        long usedBytes,
        long accessNs,
        long modifyNs,
        long changeNs,
        long birthNs,
        long rdev,
        long device) {

    /** Size of {@code struct statx} in bytes, the same on every architecture. */
    static final int STRUCT_BYTES = 256;
    /** STATX_BASIC_STATS | STATX_BTIME. */
    static final int MASK = 0x7ff | 0x800;

    private static final int STATX_BTIME = 0x800;
    private static final long BLOCK_BYTES = 512;

    /** Reads a {@code struct statx} (linux/stat.h). */
    static Stat decode(MemorySegment statx) {
        int mode = statx.get(ValueLayout.JAVA_SHORT, 28) & 0xffff;
        boolean hasBirth = (statx.get(ValueLayout.JAVA_INT, 0) & STATX_BTIME) != 0;
        return new Stat(
                FileType.ofMode(mode),
                mode & 07777,
                statx.get(ValueLayout.JAVA_INT, 16),
                statx.get(ValueLayout.JAVA_INT, 20),
                statx.get(ValueLayout.JAVA_INT, 24),
                statx.get(ValueLayout.JAVA_LONG, 32),
                statx.get(ValueLayout.JAVA_LONG, 40),
                statx.get(ValueLayout.JAVA_LONG, 48) * BLOCK_BYTES,
                time(statx, 64),
                time(statx, 112),
                time(statx, 96),
                hasBirth ? time(statx, 80) : 0,
                pair(statx, 128),
                pair(statx, 136));
    }

    private static long time(MemorySegment statx, int offset) {
        return statx.get(ValueLayout.JAVA_LONG, offset) * 1_000_000_000L + statx.get(ValueLayout.JAVA_INT, offset + 8);
    }

    private static long pair(MemorySegment statx, int offset) {
        return (statx.get(ValueLayout.JAVA_INT, offset) & 0xffffffffL) << 32
                | statx.get(ValueLayout.JAVA_INT, offset + 4) & 0xffffffffL;
    }
}
