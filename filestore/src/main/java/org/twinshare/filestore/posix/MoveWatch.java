package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * Tells whether another process has moved anything on a file system since it was last asked (fanotify(7)): the event is
 * queued before rename(2) returns to whoever moved it, so an answer is never late. One thread at a time.
 */
public final class MoveWatch implements AutoCloseable {
    private static final int FAN_CLOEXEC = 0x1;
    private static final int FAN_NONBLOCK = 0x2;
    private static final int FAN_UNLIMITED_QUEUE = 0x10;
    private static final int FAN_REPORT_FID = 0x200;
    private static final int FAN_REPORT_DIR_FID = 0x400;
    private static final int FAN_MARK_ADD = 0x1;
    private static final int FAN_MARK_FILESYSTEM = 0x100;
    private static final long FAN_MOVED_FROM = 0x40;
    private static final long FAN_Q_OVERFLOW = 0x4000;
    private static final long FAN_ONDIR = 0x40000000L;
    private static final long BUFFER_BYTES = 16 * 1024;

    private final int fd;
    private final long ownPid = ProcessHandle.current().pid();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);

    private MoveWatch(int fd) {
        this.fd = fd;
    }

    /** Watches the file system of this open directory; null where the kernel or our rights do not allow it. */
    public static @Nullable MoveWatch open(int directoryFd) {
        try {
            int flags = FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE | FAN_REPORT_FID | FAN_REPORT_DIR_FID;
            int fd = (int)
                    SystemCall.run("fanotify_init", s -> s.call(CallNumber.FANOTIFY_INIT, flags, OpenFlags.O_CLOEXEC));
            try {
                mark(fd, directoryFd);
                return new MoveWatch(fd);
            } catch (ErrnoException e) {
                Posix.close(fd);
                return null;
            }
        } catch (ErrnoException e) {
            return null;
        }
    }

    private static void mark(int fd, int directoryFd) throws ErrnoException {
        SystemCall.run(
                "fanotify_mark",
                s -> s.call(
                        CallNumber.FANOTIFY_MARK,
                        fd,
                        FAN_MARK_ADD | FAN_MARK_FILESYSTEM,
                        FAN_MOVED_FROM | FAN_ONDIR,
                        directoryFd,
                        s.string(new byte[] {'.'})));
    }

    /** Whether another process has moved a file or directory since the last call. */
    public boolean movedByOthers() throws ErrnoException {
        boolean moved = false;
        while (true) {
            long filled = read();
            if (filled == 0) {
                return moved;
            }
            moved |= byOthers(filled);
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

    /** {@code struct fanotify_event_metadata}: length 4, version 1, reserved 1, own length 2, mask 8, fd 4, pid 4. */
    private boolean byOthers(long filled) {
        for (long at = 0; at < filled; at += buffer.get(JAVA_INT_UNALIGNED, at)) {
            boolean overflow = (buffer.get(JAVA_LONG_UNALIGNED, at + 8) & FAN_Q_OVERFLOW) != 0;
            if (overflow || buffer.get(JAVA_INT_UNALIGNED, at + 20) != ownPid) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        Posix.close(fd);
        arena.close();
    }
}
