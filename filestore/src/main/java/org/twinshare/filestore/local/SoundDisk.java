package org.twinshare.filestore.local;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * Whether syncs of a tree can be believed. The kernel tells once of bytes that it could not write, and takes them for written from
 * then on (fsync(2)). So after one such error every sync is one, until the next start. Thread-safe.
 */
final class SoundDisk {
    private final Set<Long> failedOnce = ConcurrentHashMap.newKeySet();
    private volatile Consumer<String> whenLost = why -> {};
    private volatile boolean lost;

    /** One call of a sync. */
    interface Sync {
        void run() throws ErrnoException;
    }

    /** Told in words when the disk has not taken what was written. */
    void whenLost(Consumer<String> told) {
        whenLost = told;
    }

    /**
     * Runs a sync of one object. The first error of each may be of what was written before this start, and nobody was told of: it
     * says that the bytes have to be compared with the disk, and what differs written again. The second one counts.
     *
     * @throws ErrnoException what it came to; EIO when the disk has lost something
     */
    void sync(long object, Sync sync) throws ErrnoException {
        run("what was written to object " + object, sync, () -> !failedOnce.add(object));
    }

    /** Runs a sync of everything, of which {@link Volume} has heard what was before this start. */
    void syncAll(Sync sync) throws ErrnoException {
        run("some of what was written", sync, () -> true);
    }

    private void run(String of, Sync sync, BooleanSupplier counts) throws ErrnoException {
        if (lost) {
            throw new ErrnoException(Errno.EIO, "the disk has lost what was written before");
        }
        try {
            sync.run();
        } catch (ErrnoException e) {
            if (e.takesNothing() && counts.getAsBoolean()) {
                lost = true;
                whenLost.accept(of + " is not on it: " + e.getMessage());
            }
            throw e;
        }
    }
}
