package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.twinshare.filestore.ErrnoException;

/** Reads a whole directory by getdents64(2). Thread-safe; each call has a buffer of its own. */
public final class Dents {
    private static final long BUFFER_BYTES = 256 * 1024;
    private static final int NAME_OFFSET = 19;
    private static final int SEEK_SET = 0;
    private static final VarHandle RECORD_LENGTH =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());

    private Dents() {}

    /** Takes one entry; {@code .} and {@code ..} are left out. */
    public interface Sink {
        /**
         * Takes one entry.
         *
         * @param buffer holds the name; valid during this call only
         */
        void entry(byte[] buffer, int offset, int length);
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
                entries(buffer.asSlice(0, filled).toArray(JAVA_BYTE), sink);
            }
        }
    }

    /** Whether a directory has no entries. */
    public static boolean isEmpty(int directoryFd) throws ErrnoException {
        boolean[] found = new boolean[1];
        readAll(directoryFd, (buffer, offset, length) -> found[0] = true);
        return !found[0];
    }

    /** {@code struct linux_dirent64}: inode 8, offset 8, record length 2, type 1, name up to a NUL. */
    private static void entries(byte[] buffer, Sink sink) {
        int at = 0;
        while (at < buffer.length) {
            int recordBytes = (short) RECORD_LENGTH.get(buffer, at + 16) & 0xffff;
            int begin = at + NAME_OFFSET;
            int length = 0;
            while (buffer[begin + length] != 0) {
                length++;
            }
            if (!isDots(buffer, begin, length)) {
                sink.entry(buffer, begin, length);
            }
            at += recordBytes;
        }
    }

    private static boolean isDots(byte[] buffer, int begin, int length) {
        return length <= 2 && buffer[begin] == '.' && (length == 1 || buffer[begin + 1] == '.');
    }
}
