package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.twinshare.filestore.ErrnoException;

/**
 * System calls on the bytes of an open file. Buffers are direct: their memory is handed to the kernel as it is. All
 * throw {@link ErrnoException} with the errno that the kernel gave. Thread-safe.
 */
public final class Data {
    private static final int RWF_NOWAIT = 0x8;
    private static final long IOVEC_BYTES = 16;

    private Data() {}

    /**
     * Reads into the buffer from its position to its limit and moves the position behind what was read. Goes on after a
     * short read; less than asked means the end of the file. Returns the number of bytes.
     */
    public static int pread(int fd, ByteBuffer into, long offsetBytes) throws ErrnoException {
        int begin = into.position();
        while (into.hasRemaining()) {
            MemorySegment memory = MemorySegment.ofBuffer(into);
            long at = offsetBytes + (into.position() - begin);
            long read = SystemCall.run(
                    "pread", s -> (long) Libc.PREAD.invokeExact(s.errno, fd, memory, memory.byteSize(), at));
            if (read == 0) {
                break;
            }
            into.position(into.position() + (int) read);
        }
        return into.position() - begin;
    }

    /**
     * Reads once, only what is in memory; EAGAIN where the disk would have to be asked, EOPNOTSUPP where the file system
     * cannot say. Otherwise as {@link #pread}, but may be short although there is more.
     */
    public static int preadCached(int fd, ByteBuffer into, long offsetBytes) throws ErrnoException {
        MemorySegment memory = MemorySegment.ofBuffer(into);
        long read = SystemCall.run("preadv2", s -> {
            s.structure.set(ADDRESS, 0, memory);
            s.structure.set(JAVA_LONG, 8, memory.byteSize());
            return (long) Libc.PREADV2.invokeExact(
                    s.errno, fd, s.structure.asSlice(0, IOVEC_BYTES), 1, offsetBytes, RWF_NOWAIT);
        });
        into.position(into.position() + (int) read);
        return (int) read;
    }

    /**
     * Writes all bytes from the buffer's position to its limit and moves the position behind what was written, also when
     * it throws, so that the caller knows how much is there.
     */
    public static void pwrite(int fd, ByteBuffer from, long offsetBytes) throws ErrnoException {
        int begin = from.position();
        while (from.hasRemaining()) {
            MemorySegment memory = MemorySegment.ofBuffer(from);
            long at = offsetBytes + (from.position() - begin);
            long written = SystemCall.run(
                    "pwrite", s -> (long) Libc.PWRITE.invokeExact(s.errno, fd, memory, memory.byteSize(), at));
            from.position(from.position() + (int) written);
        }
    }

    public static void ftruncate(int fd, long sizeBytes) throws ErrnoException {
        SystemCall.run("ftruncate", s -> (int) Libc.FTRUNCATE.invokeExact(s.errno, fd, sizeBytes));
    }

    /** Data and all attributes are on disk when this returns. */
    public static void fsync(int fd) throws ErrnoException {
        SystemCall.run("fsync", s -> (int) Libc.FSYNC.invokeExact(s.errno, fd));
    }

    /** Data and the attributes that are needed to read them are on disk when this returns. */
    public static void fdatasync(int fd) throws ErrnoException {
        SystemCall.run("fdatasync", s -> (int) Libc.FDATASYNC.invokeExact(s.errno, fd));
    }

    /** Everything on the file system of this open object is on disk when this returns. */
    public static void syncfs(int fd) throws ErrnoException {
        SystemCall.run("syncfs", s -> (int) Libc.SYNCFS.invokeExact(s.errno, fd));
    }
}
