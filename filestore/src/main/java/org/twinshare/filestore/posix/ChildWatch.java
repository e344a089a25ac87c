package org.twinshare.filestore.posix;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;

/**
 * Tells in which of some directories another process has written to a file or changed its attributes. What it cannot
 * see: stores into mapped memory, and what is done under another hard link. One thread at a time.
 */
public final class ChildWatch implements AutoCloseable {
    private static final int REPORT_NAME = 0x800;
    private static final long MODIFY = 0x2;
    private static final long ATTRIB = 0x4;
    private static final long EVENT_ON_CHILD = 0x08000000L;

    private final Fanotify events;
    private final long ownPid = ProcessHandle.current().pid();

    private ChildWatch(Fanotify events) {
        this.events = events;
    }

    /** Null where the kernel (before Linux 5.9) or our rights do not allow it. */
    public static @Nullable ChildWatch open() {
        try {
            // Its queue is bounded; when it overflows, everything counts as changed.
            return new ChildWatch(new Fanotify(REPORT_NAME));
        } catch (ErrnoException e) {
            return null;
        }
    }

    /** Watches one more directory; doing so again changes nothing. */
    public void watch(int directoryFd) throws ErrnoException {
        events.mark(0, MODIFY | ATTRIB | EVENT_ON_CHILD, directoryFd);
    }

    /** Watches no directory any more; {@code directoryFd} is any. */
    public void forgetAll(int directoryFd) throws ErrnoException {
        events.unmarkAll(directoryFd);
    }

    /**
     * Names the directories in which something was changed since the last call.
     *
     * @param all called when it may have been in any of them
     */
    public void changes(Consumer<KernelHandle> changed, Runnable all) throws ErrnoException {
        events.drain((buffer, at) -> {
            if (Fanotify.isOverflow(buffer, at)) {
                all.run();
            } else if (Fanotify.pid(buffer, at) != ownPid) {
                changed.accept(Fanotify.directory(buffer, at));
            }
        });
    }

    @Override
    public void close() {
        events.close();
    }
}
