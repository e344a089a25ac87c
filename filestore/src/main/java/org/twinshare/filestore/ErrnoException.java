package org.twinshare.filestore;

import com.google.common.base.Throwables;

/**
 * A call on the file tree failed the way POSIX says it may. Leaves without a stack trace, because a failed lookup is
 * ordinary traffic; the message names the call that failed.
 */
public final class ErrnoException extends Exception {
    private final Errno errno;
    private final String during;

    /** @param during the system call or the decision that failed, for the log */
    public ErrnoException(Errno errno, String during) {
        super(null, null, false, false);
        this.errno = errno;
        this.during = during;
    }

    /** What went wrong. */
    public Errno errno() {
        return errno;
    }

    /** Whether the disk has failed, or what the file system has on it is damaged (EIO, EUCLEAN). */
    public boolean isDiskFailure() {
        return errno == Errno.EIO || errno == Errno.EUCLEAN;
    }

    /** Whether the disk takes nothing any more: it has failed, or is read-only, as {@code errors=remount-ro} leaves it (EROFS). */
    public boolean takesNothing() {
        return isDiskFailure() || errno == Errno.EROFS;
    }

    /** Whether that is what a failure came of. */
    public static boolean takesNothing(Throwable failure) {
        return Throwables.getCausalChain(failure).stream()
                .anyMatch(each -> each instanceof ErrnoException of && of.takesNothing());
    }

    /** Whether there is no room, on the disk or within a quota (ENOSPC, EDQUOT). */
    public boolean isForWantOfRoom() {
        return errno == Errno.ENOSPC || errno == Errno.EDQUOT;
    }

    @Override
    public String getMessage() {
        return errno + " (" + during + ")";
    }
}
