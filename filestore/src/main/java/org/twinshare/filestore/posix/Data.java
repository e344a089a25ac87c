package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.twinshare.filestore.ErrnoException;

/**
 * System calls on the bytes of an open file. Buffers are direct: their memory is handed to the kernel as it is, and they
 * are used after each call, which keeps the collector from them during it. All
 * throw {@link ErrnoException} with the errno that the kernel gave. Thread-safe.
 */
public final class Data {
    private static final int FALLOC_FL_KEEP_SIZE = 0x1;
    private static final int RWF_NOWAIT = 0x8;
    private static final int POSIX_FADV_DONTNEED = 4;

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
                    "pread", s -> s.call(CallNumber.PREAD64, fd, memory.address(), memory.byteSize(), at));
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
            return s.call(CallNumber.PREADV2, fd, s.structureAddress(), 1, offsetBytes, 0, RWF_NOWAIT);
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
                    "pwrite", s -> s.call(CallNumber.PWRITE64, fd, memory.address(), memory.byteSize(), at));
            from.position(from.position() + (int) written);
        }
    }

    public static void ftruncate(int fd, long sizeBytes) throws ErrnoException {
        SystemCall.run("ftruncate", s -> s.call(CallNumber.FTRUNCATE, fd, sizeBytes));
    }

    /** Takes room on the disk for bytes that may be written later; the size of the file stays as it is. ENOSPC, EOPNOTSUPP. */
    public static void allocate(int fd, long offsetBytes, long count) throws ErrnoException {
        SystemCall.run("fallocate", s -> s.call(CallNumber.FALLOCATE, fd, FALLOC_FL_KEEP_SIZE, offsetBytes, count));
    }

    /** Data and all attributes are on disk when this returns. */
    public static void fsync(int fd) throws ErrnoException {
        SystemCall.run("fsync", s -> s.call(CallNumber.FSYNC, fd));
    }

    /** Data and the attributes that are needed to read them are on disk when this returns. */
    public static void fdatasync(int fd) throws ErrnoException {
        SystemCall.run("fdatasync", s -> s.call(CallNumber.FDATASYNC, fd));
    }

    /** What is in memory of the bytes of a file and is on disk, or taken for it, is read from the disk the next time. */
    public static void forgetCached(int fd) throws ErrnoException {
        SystemCall.run("fadvise64", s -> s.call(CallNumber.FADVISE64, fd, 0, 0, POSIX_FADV_DONTNEED));
    }

    /** Everything on the file system of this open object is on disk when this returns. */
    public static void syncfs(int fd) throws ErrnoException {
        SystemCall.run("syncfs", s -> s.call(CallNumber.SYNCFS, fd));
    }
}
