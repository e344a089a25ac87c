package org.twinshare.filestore.local;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.identity.ObjectRecord;
import org.twinshare.filestore.posix.KernelHandle;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * An object that was used lately: its record, and its descriptors. A request pins it, and closing it unpins it; its
 * descriptors are never closed while it is pinned. Its monitor is the short mutex under which a change is applied and
 * attributes before and after it are taken.
 */
final class Node implements AutoCloseable, Clock.Hand {
    private static final int CLOSING = -1;
    private static final int GONE_FROM_CACHE = -2;

    final long id;
    final Volume volume;
    final FileType type;
    final long inode;
    final long birthNs;
    final @Nullable KernelHandle handle;

    private final Nodes nodes;
    private final AtomicInteger pins = new AtomicInteger(1);
    private volatile boolean used;
    private volatile boolean descriptorUsed;

    volatile @Nullable Link link;
    volatile Times times;
    volatile @Nullable Long verifier;
    /** What {@link Discoveries} must keep before a client may hear of this object. */
    volatile long shownAfter = Discoveries.KEPT;
    /** The object has lost its last name: nothing reaches it any more. */
    volatile boolean gone;
    /** How many times {@link #beginRenaming} has begun and ended: odd while a name comes or goes. Guarded by the monitor. */
    private int renamings;

    /** An exported directory that was bound through another mount than the one its volume opens everything from. */
    volatile boolean onOtherMount;

    /** O_PATH for most types, O_RDONLY for directories; -1 while closed. */
    volatile int pathFd = -1;
    /** O_RDONLY of a regular file; -1 while closed. */
    volatile int readFd = -1;
    /** O_RDWR of a regular file; -1 while closed. */
    volatile int writeFd = -1;

    /** Where it was found to lie last, see {@link Containment}; null when that is to be found out. */
    volatile Containment.@Nullable Inside inside;

    /** The POSIX ACL as it was seen last. */
    volatile @Nullable SeenAcl acl;

    /** The ACL attribute, null for none, that belonged to a ctime of the file system. */
    record SeenAcl(long changeNs, byte @Nullable [] attribute) {}

    /** What a listing showed of it last; null since our own change of it. */
    volatile WatchedDirectories.@Nullable Seen seen;

    /**
     * Our ctime, and the ctime of the file system that it stands for.
     *
     * @param shared the state before had the same ctime of the file system, whose clock ticks slowly: attributes that show
     *     that ctime may be of either
     */
    record Times(long changeNs, long localChangeNs, boolean shared) {
        /** Whether these are the times of the state in which {@code stat} was taken, for sure. */
        boolean belongTo(Stat stat) {
            return localChangeNs == stat.changeNs() && !shared;
        }
    }

    /** Pinned for the caller. */
    Node(Nodes nodes, Volume volume, ObjectRecord record) {
        this.nodes = nodes;
        this.volume = volume;
        id = record.id();
        type = record.type();
        inode = record.inode();
        birthNs = record.birthNs();
        handle = record.handle();
        link = record.link();
        times = new Times(record.changeNs(), record.localChangeNs(), false);
        verifier = record.verifier();
    }

    ObjectRecord record() {
        Times now = times;
        return new ObjectRecord(
                id, volume.number, type, inode, birthNs, handle, link, now.changeNs(), now.localChangeNs(), verifier);
    }

    boolean is(Stat stat) {
        return stat.inode() == inode && stat.birthNs() == birthNs;
    }

    /** Whether this is the name in its record. */
    boolean isNamed(long directory, Name name) {
        Link known = link;
        return known != null && known.directory() == directory && known.name().equals(name);
    }

    /** Until it is closed, names and ctime may already be those after a change of ours of which nothing here tells yet. */
    interface Renaming extends AutoCloseable {
        @Override
        void close();
    }

    /** A name of the object comes or goes by our own doing. The caller holds the object's lock, so there is one at a time. */
    Renaming beginRenaming() {
        countRenaming();
        return this::countRenaming;
    }

    private synchronized void countRenaming() {
        renamings++;
        notifyAll();
    }

    /** For who holds the monitor: whether a ctime of the kernel that is not the one in {@link #times} may be of our own doing. */
    boolean isBeingRenamed() {
        return renamings % 2 != 0;
    }

    /** Returns when no name comes or goes; another number than before when one did since then. Holds no monitor meanwhile. */
    synchronized int awaitRenamed() {
        boolean interrupted = false;
        while (isBeingRenamed()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return renamings;
    }

    /** False when it is no longer in the cache and must be looked for again. */
    boolean pin() {
        while (true) {
            int now = pins.get();
            if (now == GONE_FROM_CACHE) {
                return false;
            }
            if (now == CLOSING) {
                Thread.onSpinWait();
            } else if (pins.compareAndSet(now, now + 1)) {
                used = true;
                descriptorUsed = true;
                return true;
            }
        }
    }

    /** It was useful without being pinned. */
    void touch() {
        used = true;
    }

    /** What the clock of open descriptors keeps: this node while it has the descriptor it has now. */
    Clock.Hand descriptorHand() {
        int opened = pathFd;
        return new Clock.Hand() {
            @Override
            public boolean usedLately() {
                boolean was = descriptorUsed;
                descriptorUsed = false;
                return was && pathFd == opened;
            }

            @Override
            public boolean letGo() {
                return pathFd != opened || closeDescriptors();
            }
        };
    }

    /** Unpins. */
    @Override
    public void close() {
        if (pins.decrementAndGet() == 0 && gone) {
            closeDescriptors();
        }
    }

    @Override
    public boolean usedLately() {
        boolean was = used;
        used = false;
        return was;
    }

    @Override
    public boolean letGo() {
        if (!pins.compareAndSet(0, CLOSING)) {
            return pins.get() == GONE_FROM_CACHE;
        }
        nodes.forget(this);
        int[] open = takeDescriptors();
        pins.set(GONE_FROM_CACHE);
        closeAll(open);
        return true;
    }

    /** Closes the descriptors unless it is pinned. They are opened again when they are needed. */
    boolean closeDescriptors() {
        if (!pins.compareAndSet(0, CLOSING)) {
            return false;
        }
        int[] open = takeDescriptors();
        pins.set(0);
        // Outside of CLOSING: the last close of a removed file frees its blocks, which may take long.
        closeAll(open);
        return true;
    }

    /** Closes the descriptors although roots stay pinned; nobody may be using it any more. */
    void closeForGood() {
        closeAll(takeDescriptors());
    }

    private int[] takeDescriptors() {
        // A file that we made ourselves has one descriptor for both.
        int[] open = {pathFd, readFd, writeFd == pathFd ? -1 : writeFd};
        pathFd = -1;
        readFd = -1;
        writeFd = -1;
        return open;
    }

    private static void closeAll(int[] descriptors) {
        for (int fd : descriptors) {
            if (fd >= 0) {
                Posix.close(fd);
            }
        }
    }

    /** Attributes as clients see them, where {@code stat} was taken in this state of {@code times}. */
    Attributes attributes(Stat stat, Times at) {
        return new Attributes(
                id,
                type,
                stat.mode(),
                stat.links(),
                stat.uid(),
                stat.gid(),
                stat.sizeBytes(),
                stat.usedBytes(),
                stat.rdev(),
                stat.accessNs(),
                stat.modifyNs(),
                at.changeNs());
    }
}
