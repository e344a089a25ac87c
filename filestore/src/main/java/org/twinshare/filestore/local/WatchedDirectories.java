package org.twinshare.filestore.local;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.posix.ChildWatch;
import org.twinshare.filestore.posix.KernelHandle;
import org.twinshare.filestore.posix.Stat;

/**
 * The directories of one file system that were listed lately, and whether another process has changed a file in them since.
 * While none has, and we have not, the attributes that the last listing showed are shown again. Thread-safe.
 */
final class WatchedDirectories implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedDirectories.class);
    private static final int MOST = 1024;
    /** How long attributes may be shown again: stores into mapped memory and other hard links are not watched. */
    private static final long FRESH_NS = 1_000_000_000;

    private final @Nullable ChildWatch watch;
    private final Map<KernelHandle, Watched> watched = new HashMap<>();

    /** Attributes of an object as a listing showed them. */
    record Seen(Attributes attributes, Watched under, long changes, long atNs) {}

    /** One directory. */
    static final class Watched {
        private volatile long changes;
    }

    /** One look through a listing. Everything that others changed before it began is noticed. */
    record Glance(Watched under, long changes, long nowNs) {
        /** The attributes that an object still has, or null. */
        @Nullable Attributes of(Node node) {
            Seen seen = node.seen;
            if (seen == null || seen.under != under || seen.changes != under.changes || nowNs - seen.atNs >= FRESH_NS) {
                return null;
            }
            node.touch();
            return seen.attributes;
        }

        /**
         * Keeps what was just seen of an object.
         *
         * @param before the object's times before {@code stat} was taken
         */
        void keep(Node node, Node.Times before, Stat stat) {
            boolean sure = node.type != FileType.DIRECTORY && stat.links() == 1 && before.belongTo(stat);
            synchronized (node) {
                // Our own changes are made under this monitor and move our ctime on.
                boolean still = sure && node.times.equals(before);
                node.seen = still ? new Seen(node.attributes(stat, before), under, changes, nowNs) : null;
            }
        }
    }

    WatchedDirectories(@Nullable ChildWatch watch) {
        this.watch = watch;
    }

    /** Begins to look through a listing; null where nothing tells whether others change files. */
    synchronized @Nullable Glance glance(Nodes nodes, Node directory) {
        KernelHandle handle = directory.handle;
        if (watch == null || handle == null) {
            return null;
        }
        try {
            Watched under = watched.get(handle);
            if (under == null) {
                under = begin(nodes.open(directory), handle);
            }
            watch.changes(this::changed, this::allChanged);
            return new Glance(under, under.changes, System.nanoTime());
        } catch (ErrnoException e) {
            LOG.debug("fanotify: {}", e.getMessage());
            return null;
        }
    }

    private Watched begin(int directoryFd, KernelHandle handle) throws ErrnoException {
        if (watched.size() >= MOST && watch != null) {
            watch.forgetAll(directoryFd);
            watched.clear();
        }
        if (watch != null) {
            watch.watch(directoryFd);
        }
        Watched under = new Watched();
        watched.put(handle, under);
        return under;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under this object's monitor
    private void changed(KernelHandle handle) {
        Watched under = watched.get(handle);
        if (under != null) {
            under.changes++;
        }
    }

    private void allChanged() {
        watched.keySet().forEach(this::changed);
    }

    /** Others have changed which names a directory has: a rename moves the ctime of a file on, and no event says so. */
    synchronized void namesChanged(Node directory) {
        if (directory.handle != null) {
            changed(directory.handle);
        }
    }

    /** Takes what has come out of the kernel's queue. */
    synchronized void drain() {
        if (watch != null) {
            try {
                watch.changes(this::changed, this::allChanged);
            } catch (ErrnoException e) {
                allChanged();
            }
        }
    }

    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
