package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.ChildWatch;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.KernelHandle;
import org.twinshare.filestore.posix.MoveWatch;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.OwnProcess;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * One file system that holds exported directories. Knows what the kernel lets us do there, and when another process moved
 * something, which is when the place of every object must be looked at again. Thread-safe.
 */
final class Volume implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Volume.class);
    private static final byte[] ITSELF = new byte[0];
    private static final byte[] HERE = {'.'};
    /** To open an object by its handle, and between two of them. */
    private static final int MOST_TRIES = 1000;

    private static final long PAUSE_NS = 100_000;

    /** Number in the records of its objects, for good. */
    final int number;
    /** {@code st_dev} of this mount, until it is mounted again. */
    final long device;
    /** Whether objects are opened by the kernel's handle; otherwise names lead to them. */
    final boolean byHandle;

    /** The largest file that this file system takes. */
    final long maxFileBytes;

    /** Which listed directories are as they were. */
    final WatchedDirectories watchedDirectories;

    private final int directoryFd;
    private final @Nullable MoveWatch watch;
    private final AtomicLong moves = new AtomicLong(1);
    private final boolean givesAway = OwnProcess.geteuid() == 0;
    private volatile int exports;
    private volatile boolean keepsMarks = true;
    private volatile boolean keepsAcls = true;
    private volatile boolean makesNameless = true;
    private final boolean tookFiles;

    /** @param directoryFd of any directory on it; closed with this volume */
    Volume(int number, int directoryFd) throws ErrnoException {
        this.number = number;
        this.directoryFd = directoryFd;
        hearOfEarlierErrors(directoryFd);
        this.device = Posix.fstat(directoryFd).device();
        this.byHandle = canOpenByHandle(directoryFd);
        this.maxFileBytes = maxFileBytes(directoryFd);
        this.tookFiles = takesFiles();
        this.watch = MoveWatch.open(directoryFd);
        this.watchedDirectories = new WatchedDirectories(byHandle ? ChildWatch.open() : null);
        if (watch == null) {
            LOG.info("No fanotify on this file system (needs root and Linux 5.9): the place of a file is looked up with"
                    + " every request, which costs about 2 microseconds");
        }
    }

    /**
     * An error that nobody was told yet is of something that was written before this start, and must not be taken for one of this
     * start's: what was not on disk then is carried out, or compared, once more.
     */
    private static void hearOfEarlierErrors(int directoryFd) {
        try {
            Data.syncfs(directoryFd);
        } catch (ErrnoException e) {
            LOG.warn(
                    "The disk has lost something that was written before this start, {}: look at it (dmesg)",
                    e.getMessage());
        }
    }

    private static boolean canOpenByHandle(int fd) {
        try {
            KernelHandle handle = Posix.nameToHandleAt(fd, ITSELF);
            Posix.close(Posix.openByHandleAt(fd, handle, OpenFlags.O_PATH));
            return true;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /** A new file without a name in an open directory; see {@link #makesNameless}. */
    static int nameless(int directoryFd, int mode) throws ErrnoException {
        return Posix.openat(directoryFd, HERE, OpenFlags.O_TMPFILE | OpenFlags.O_RDWR, mode);
    }

    /** Tried out on a nameless file, because no system call tells. */
    private static long maxFileBytes(int directoryFd) {
        try {
            int fd = nameless(directoryFd, 0600);
            try {
                return largestSize(fd);
            } finally {
                Posix.close(fd);
            }
        } catch (ErrnoException e) {
            return Long.MAX_VALUE;
        }
    }

    private static long largestSize(int fd) {
        long taken = 0;
        for (long bit = 1L << 62; bit > 0; bit >>= 1) {
            try {
                Data.ftruncate(fd, taken + bit);
                taken += bit;
            } catch (ErrnoException tooLarge) {
                // The next smaller bit is tried.
            }
        }
        return taken;
    }

    /** Everything that was written is on disk when this returns; whatever the error, something of it is not. */
    void sync() throws ErrnoException {
        try {
            Data.syncfs(directoryFd);
        } catch (ErrnoException e) {
            throw new ErrnoException(Errno.EIO, "syncfs: " + e.getMessage());
        }
    }

    /**
     * Whether it takes nothing now that it took when it was opened: the disk has failed, or the kernel has made the file system
     * read-only because of an error. One that always was read-only has not failed, nor has a bad sector under one file.
     */
    boolean hasFailed() {
        return tookFiles && !takesFiles();
    }

    /** Tried out on a nameless file; false also where there are none. */
    private boolean takesFiles() {
        try {
            int fd = nameless(directoryFd, 0600);
            try {
                Data.pwrite(fd, ByteBuffer.allocateDirect(1), 0);
                Data.fdatasync(fd);
            } finally {
                Posix.close(fd);
            }
            return true;
        } catch (ErrnoException e) {
            return !e.takesNothing() && e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EISDIR;
        }
    }

    /** Number of the last move by another process that is known: what was seen under the same number is still in place. */
    long epoch() {
        if (watch == null) {
            return moves.incrementAndGet();
        }
        synchronized (this) {
            try {
                if (watch.movedByOthers()) {
                    moves.incrementAndGet();
                }
            } catch (ErrnoException e) {
                LOG.warn("Cannot read fanotify events: {}", e.getMessage());
                moves.incrementAndGet();
            }
        }
        return moves.get();
    }

    /** One of our own directories moved: what lies below it may belong to another export now. */
    void movedOne() {
        moves.incrementAndGet();
    }

    /** A name of one of our files went: the file may have left one of several exports, while others just found it there. */
    void lostName() {
        if (exports > 1) {
            movedOne();
        }
    }

    /** One more exported directory lies on it. */
    synchronized void addExport() {
        exports++;
    }

    /** Opens the object of a handle; ESTALE when it is gone. */
    int open(KernelHandle handle, int flags) throws ErrnoException {
        for (int tries = 1; ; tries++) {
            try {
                return Posix.openByHandleAt(directoryFd, handle, flags);
            } catch (ErrnoException e) {
                // Also what the kernel says while somebody makes another object of the same inode: then it is gone.
                if (e.errno() != Errno.ENOMEM || tries == MOST_TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    /** The kernel's handle of an open object; null where objects are not opened by handle. */
    @Nullable KernelHandle handleOf(int fd) throws ErrnoException {
        return byHandle ? Posix.nameToHandleAt(fd, ITSELF) : null;
    }

    /** Gives an open object one more name. */
    void linkat(int fd, int directoryFd, byte[] name) throws ErrnoException {
        if (byHandle) {
            Posix.linkatAsRoot(fd, directoryFd, name);
        } else {
            Posix.linkat(fd, directoryFd, name);
        }
    }

    /** Refuses what lies on another file system, mounted below an exported directory. */
    void check(Stat stat) throws ErrnoException {
        if (stat.device() != device) {
            throw new ErrnoException(Errno.EXDEV, "another file system is mounted here");
        }
    }

    /** Whether files can be made without a name (open(2), O_TMPFILE). */
    boolean makesNameless() {
        return makesNameless;
    }

    void makesNoNameless() {
        makesNameless = false;
    }

    /** Whether we may give objects to the users that they belong to; without root all belong to the server's own user. */
    boolean givesAway() {
        return givesAway;
    }

    /**
     * Sets the mtime of an open object whose contents were changed to the moment of the change, which is the same wherever it is
     * carried out. Without root it stays as the kernel set it, because then the object may belong to somebody else.
     */
    void setModified(int fd, long timeNs) throws ErrnoException {
        if (givesAway) {
            Posix.utimens(fd, Posix.OMIT, timeNs);
        }
    }

    /** Whether objects get marks: only root may set them, and not every file system keeps them. */
    boolean keepsMarks() {
        return byHandle && keepsMarks;
    }

    void keepsNoMarks() {
        keepsMarks = false;
    }

    boolean keepsAcls() {
        return keepsAcls;
    }

    void keepsNoAcls() {
        keepsAcls = false;
    }

    int directoryFd() {
        return directoryFd;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        watchedDirectories.close();
        Posix.close(directoryFd);
    }
}
