package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.twinshare.filestore.ErrnoException;

/** Reads a whole directory by getdents64(2). Thread-safe; each call has a buffer of its own. */
public final class Dents {
    private static final long BUFFER_BYTES = 256 * 1024;
    private static final int NAME_OFFSET = 19;
    private static final int SEEK_SET = 0;

    private Dents() {}

    /** Takes one entry; {@code .} and {@code ..} are left out. */
    public interface Sink {
        /**
         * Takes one entry.
         *
         * @param name valid during this call only, {@code length} bytes from its beginning
         */
        void entry(long inode, MemorySegment name, int length);
    }

    /** Hands every entry of a directory to the sink, from the first on, in the file system's own order. */
    public static void readAll(int directoryFd, Sink sink) throws ErrnoException {
        SystemCall.run("lseek", s -> s.call(CallNumber.LSEEK, directoryFd, 0L, SEEK_SET));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
            while (true) {
                long filled = SystemCall.run(
                        "getdents64", s -> s.call(CallNumber.GETDENTS64, directoryFd, buffer.address(), BUFFER_BYTES));
                if (filled == 0) {
                    return;
                }
                entries(buffer, filled, sink);
            }
        }
    }

    /** Whether a directory has no entries. */
    public static boolean isEmpty(int directoryFd) throws ErrnoException {
        boolean[] found = new boolean[1];
        readAll(directoryFd, (inode, name, length) -> found[0] = true);
        return !found[0];
    }

    /** {@code struct linux_dirent64}: inode 8, offset 8, record length 2, type 1, name up to a NUL. */
    private static void entries(MemorySegment buffer, long filled, Sink sink) {
        long at = 0;
        while (at < filled) {
            int recordBytes = buffer.get(JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
            MemorySegment name = buffer.asSlice(at + NAME_OFFSET, recordBytes - NAME_OFFSET);
            int length = 0;
            while (name.get(JAVA_BYTE, length) != 0) {
                length++;
            }
            if (!isDots(name, length)) {
                sink.entry(buffer.get(JAVA_LONG_UNALIGNED, at), name, length);
            }
            at += recordBytes;
        }
    }

    private static boolean isDots(MemorySegment name, int length) {
        return length <= 2 && name.get(JAVA_BYTE, 0) == '.' && (length == 1 || name.get(JAVA_BYTE, 1) == '.');
    }
}
