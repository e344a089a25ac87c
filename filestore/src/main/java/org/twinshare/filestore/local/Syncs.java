package org.twinshare.filestore.local;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * Syncs objects, one sync of each at a time: who comes during one shares the next. The kernel tells of a failed write-back
 * once (fsync(2)) and takes what it lost for clean afterwards, so nobody may hear of success while another is being told of
 * the failure, and nothing of that object counts as durable again before a restart. Thread-safe.
 */
final class Syncs {
    private static final Logger LOG = LoggerFactory.getLogger(Syncs.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** By object: the sync that runs, and the one that those who come now wait for. */
    private final Map<Long, Round> running = new HashMap<>();

    private final Map<Long, Round> gathering = new HashMap<>();
    private final Set<Long> failed = ConcurrentHashMap.newKeySet();
    private final Runnable onFailure;

    /** @param onFailure run when a sync has failed, before anybody hears of it */
    Syncs(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    /** One call of fsync or fdatasync. */
    interface Sync {
        void run(boolean withAttributes) throws ErrnoException;
    }

    private static final class Round {
        private boolean withAttributes;
        private boolean ended;
        private @Nullable Errno error;
    }

    /** Throws EIO when a sync of this object has failed since the start. */
    void requireSound(long id) throws ErrnoException {
        if (failed.contains(id)) {
            throw new ErrnoException(Errno.EIO, "a sync of this object has failed before");
        }
    }

    /** Everything that was written to an object before this call is on disk when it returns. */
    void sync(long id, boolean withAttributes, Sync sync) throws ErrnoException {
        Round round;
        lock.lock();
        try {
            round = gathering.get(id);
            if (round != null) {
                round.withAttributes |= withAttributes;
                while (!round.ended) {
                    ended.awaitUninterruptibly();
                }
                require(round);
                return;
            }
            round = new Round();
            round.withAttributes = withAttributes;
            gathering.put(id, round);
            while (running.containsKey(id)) {
                ended.awaitUninterruptibly();
            }
            gathering.remove(id);
            running.put(id, round);
        } finally {
            lock.unlock();
        }
        lead(id, round, sync);
        require(round);
    }

    private void lead(long id, Round round, Sync sync) {
        Errno error = Errno.EIO;
        try {
            requireSound(id);
            sync.run(round.withAttributes);
            error = null;
        } catch (ErrnoException e) {
            error = e.errno();
            fail(id, e);
        } finally {
            lock.lock();
            try {
                round.error = error;
                round.ended = true;
                running.remove(id);
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void fail(long id, ErrnoException e) {
        boolean gone = e.errno() == Errno.ESTALE;
        if (!gone && failed.add(id)) {
            onFailure.run();
            LOG.error(
                    "The disk did not take what was written to object {}: {}. Clients are told, and nothing written to it"
                            + " is acknowledged until the server is started again; see dmesg, and check the disk first",
                    id,
                    e.getMessage());
        }
    }

    private static void require(Round round) throws ErrnoException {
        if (round.error != null) {
            throw new ErrnoException(round.error, "fsync");
        }
    }
}
