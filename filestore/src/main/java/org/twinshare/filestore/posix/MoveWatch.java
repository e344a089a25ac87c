package org.twinshare.filestore.posix;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;

/** Tells whether another process has moved anything on a file system since it was last asked. One thread at a time. */
public final class MoveWatch implements AutoCloseable {
    private static final int REPORT_FID = 0x200;
    private static final long MOVED_FROM = 0x40;
    private static final long ONDIR = 0x40000000L;

    private final Fanotify events;
    private final long ownPid = ProcessHandle.current().pid();
    private boolean moved;

    private MoveWatch(Fanotify events) {
        this.events = events;
    }

    /** Watches the file system of this open directory; null where the kernel or our rights do not allow it. */
    public static @Nullable MoveWatch open(int directoryFd) {
        try {
            Fanotify events = new Fanotify(Fanotify.UNLIMITED_QUEUE | REPORT_FID);
            try {
                events.mark(Fanotify.MARK_FILESYSTEM, MOVED_FROM | ONDIR, directoryFd);
                return new MoveWatch(events);
            } catch (ErrnoException e) {
                events.close();
                return null;
            }
        } catch (ErrnoException e) {
            return null;
        }
    }

    /** Whether another process has moved a file or directory since the last call. */
    public boolean movedByOthers() throws ErrnoException {
        moved = false;
        events.drain((buffer, at) -> moved |= Fanotify.isOverflow(buffer, at) || Fanotify.pid(buffer, at) != ownPid);
        return moved;
    }

    @Override
    public void close() {
        events.close();
    }
}
