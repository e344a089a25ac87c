package org.twinshare.filestore.local;

import java.util.function.Consumer;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * Whether syncs of a tree can be believed. The kernel tells once of bytes that it could not write, and takes them for written from
 * then on (fsync(2)), so after one such error every sync is one until the next start. Thread-safe.
 */
final class SoundDisk {
    private volatile Consumer<String> whenLost = why -> {};
    private volatile boolean lost;

    /** One call of a sync. */
    interface Sync {
        void run() throws ErrnoException;
    }

    /** Told in words, once, when the disk has not taken what was written. */
    void whenLost(Consumer<String> told) {
        whenLost = told;
    }

    /**
     * Runs a sync.
     *
     * @param of what is synced, in words
     * @throws ErrnoException what it came to; EIO when one before it has failed
     */
    void sync(String of, Sync sync) throws ErrnoException {
        if (lost) {
            throw new ErrnoException(Errno.EIO, "the disk has lost what was written before");
        }
        try {
            sync.run();
        } catch (ErrnoException e) {
            if (e.isDiskFailure() || e.errno() == Errno.EROFS) {
                lost = true;
                whenLost.accept(of + " is not on it: " + e.getMessage());
            }
            throw e;
        }
    }
}
