package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * A queue of what happens to files (fanotify(7)). The kernel queues an event before the system call that caused it returns
 * to whoever made it, so one who reads the queue is never late. One thread at a time reads.
 *
 * <pre>
 *  0              4      5      6             8              16             20             24
 *  +--------------+------+------+-------------+--------------+--------------+--------------+------------------------+
 *  | event length | vers | -    | own length  | mask         | fd           | pid          | further information    |
 *  +--------------+------+------+-------------+--------------+--------------+--------------+------------------------+
 * </pre>
 */
final class Fanotify implements AutoCloseable {
    static final int UNLIMITED_QUEUE = 0x10;
    static final int MARK_FILESYSTEM = 0x100;
    static final long Q_OVERFLOW = 0x4000;

    private static final int CLOEXEC = 0x1;
    private static final int NONBLOCK = 0x2;
    /** What an event is about is told by the kernel's handle of a directory, and not by a descriptor. */
    private static final int REPORT_DIR_FID = 0x400;

    private static final int MARK_ADD = 0x1;
    private static final int MARK_FLUSH = 0x80;
    private static final long BUFFER_BYTES = 16 * 1024;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);

    /** Takes one event. */
    interface Sink {
        /** Takes one event, which lies in the buffer until this returns. */
        void event(MemorySegment buffer, long at);
    }

    Fanotify(int flags) throws ErrnoException {
        int all = CLOEXEC | NONBLOCK | REPORT_DIR_FID | flags;
        fd = (int) SystemCall.run("fanotify_init", s -> s.call(CallNumber.FANOTIFY_INIT, all, OpenFlags.O_CLOEXEC));
    }

    void mark(int flags, long events, int directoryFd) throws ErrnoException {
        SystemCall.run(
                "fanotify_mark",
                s -> s.call(
                        CallNumber.FANOTIFY_MARK, fd, MARK_ADD | flags, events, directoryFd, s.string(new byte[] {'.'
                        })));
    }

    /** Takes all marks of single directories away. */
    void unmarkAll(int directoryFd) throws ErrnoException {
        SystemCall.run(
                "fanotify_mark",
                s -> s.call(CallNumber.FANOTIFY_MARK, fd, MARK_FLUSH, 0, directoryFd, s.string(new byte[] {'.'})));
    }

    /** Hands everything that is in the queue to the sink. */
    void drain(Sink sink) throws ErrnoException {
        for (long filled = read(); filled > 0; filled = read()) {
            for (long at = 0; at < filled; at += buffer.get(JAVA_INT_UNALIGNED, at)) {
                sink.event(buffer, at);
            }
        }
    }

    private long read() throws ErrnoException {
        try {
            return SystemCall.run("read", s -> s.call(CallNumber.READ, fd, buffer.address(), BUFFER_BYTES));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EAGAIN) {
                return 0;
            }
            throw e;
        }
    }

    /** Whether events before this one were lost. */
    static boolean isOverflow(MemorySegment buffer, long at) {
        return (buffer.get(JAVA_LONG_UNALIGNED, at + 8) & Q_OVERFLOW) != 0;
    }

    static int pid(MemorySegment buffer, long at) {
        return buffer.get(JAVA_INT_UNALIGNED, at + 20);
    }

    /** The directory that an event is about: a header of 4 bytes and the file system's id of 8 lie before its handle. */
    static KernelHandle directory(MemorySegment buffer, long at) {
        return KernelHandle.decode(buffer.asSlice(at + 24 + 12));
    }

    @Override
    public void close() {
        Posix.close(fd);
        arena.close();
    }
}
