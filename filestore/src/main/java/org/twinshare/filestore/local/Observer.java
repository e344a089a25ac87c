package org.twinshare.filestore.local;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.EpochNanos;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;
import org.twinshare.filestore.posix.Xattr;

/**
 * Looks at objects: their attributes with our ctime, and their ACLs. Notices a change that somebody else made by the file
 * system's ctime, which then is no longer the one that was seen last. Thread-safe.
 */
final class Observer {
    private static final long SETTLED_AFTER_NS = 1_000_000_000;

    /** Of the kernel's clock, at 100 Hz. */
    private static final long TICK_NS = 10_000_000;

    private final Nodes nodes;
    private final InstantSource clock;
    private volatile boolean follows;

    Observer(Nodes nodes, InstantSource clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    /** Whether changes are carried out that another server has decided, and perhaps for the second time. */
    void follows(boolean now) {
        follows = now;
    }

    /** Whether another server gives the ids. */
    boolean isFollowing() {
        return follows;
    }

    /** What the kernel says of an object now; ESTALE when it has lost its last name. */
    Stat stat(Node node) throws ErrnoException {
        Stat stat = Posix.fstat(nodes.open(node));
        if (stat.links() == 0) {
            throw new ErrnoException(Errno.ESTALE, "removed");
        }
        return stat;
    }

    Attributes attributes(Node node) throws ErrnoException {
        return attributes(node, stat(node));
    }

    /** Attributes of an object of which {@code stat} was just taken. */
    Attributes attributes(Node node, Stat stat) throws ErrnoException {
        Node.Times times = node.times;
        if (times.belongTo(stat)) {
            return node.attributes(stat, times);
        }
        // Either our own change is just under way, and ends when the monitor is free, or somebody else was here.
        synchronized (node) {
            return attributesNow(node, Posix.fstat(nodes.open(node)));
        }
    }

    /** The same for one who has held the node's monitor since before {@code stat} was taken. */
    Attributes attributesNow(Node node, Stat stat) {
        Node.Times times = node.times;
        node.seen = null;
        if (times.localChangeNs() != stat.changeNs() && !node.isBeingRenamed()) {
            times = new Node.Times(Math.max(fineChangeNs(stat), times.changeNs() + 1), stat.changeNs(), false);
            node.times = times;
            node.inside = null;
            if (!follows) {
                nodes.discoveries().changedLocally(node.id);
            }
            if (times.changeNs() != stat.changeNs()) {
                // Ahead of the file system's clock: remembered, so that no later state gets the same ctime.
                long unusedVersion = nodes.index().put(node.record());
            }
        }
        if (times.shared() && nowNs() - stat.changeNs() > SETTLED_AFTER_NS) {
            // Nobody still holds what he saw of the state before.
            node.times = new Node.Times(times.changeNs(), times.localChangeNs(), false);
        }
        return node.attributes(stat, times);
    }

    /** The kernel's ctime comes from a slow clock; a write of ours before a restart has left its finer moment in the mtime. */
    private static long fineChangeNs(Stat stat) {
        boolean sameTick = Math.abs(stat.modifyNs() - stat.changeNs()) < TICK_NS;
        return sameTick ? Math.max(stat.changeNs(), stat.modifyNs() + 1) : stat.changeNs();
    }

    private long nowNs() {
        return EpochNanos.now(clock);
    }

    /**
     * Attributes after our own change, for one who has held the node's monitor since before the change. Our ctime is the moment
     * of the change and not what the kernel's clock shows, so that it is the same wherever the change is carried out, and
     * however often when it follows another server.
     */
    Attributes attributesAfter(Node node, Stat stat, long timeNs) {
        long changeNs = Math.max(node.times.changeNs() + (follows ? 0 : 1), timeNs);
        boolean shared = node.times.localChangeNs() == stat.changeNs();
        Node.Times times = new Node.Times(changeNs, stat.changeNs(), shared);
        node.times = times;
        node.seen = null;
        if (changeNs != stat.changeNs() && !node.gone) {
            nodes.index().put(node.record());
        }
        return node.attributes(stat, times);
    }

    /** The POSIX ACL of an object, or null; only asked for when it matters. */
    @Nullable Acl acl(Node node, Stat stat) throws ErrnoException {
        if (!node.volume.keepsAcls() || node.type == FileType.SYMLINK) {
            return null;
        }
        Node.SeenAcl seen = node.acl;
        if (seen == null || seen.changeNs() != stat.changeNs()) {
            seen = new Node.SeenAcl(stat.changeNs(), acl(node, Acl.ACCESS));
            node.acl = seen;
        }
        byte[] attribute = seen.attribute();
        return attribute == null ? null : Acl.decode(attribute);
    }

    /** An ACL of an object as the kernel has it, or null; that its file system keeps none is remembered. */
    byte @Nullable [] acl(Node node, String name) throws ErrnoException {
        if (!node.volume.keepsAcls() || node.type == FileType.SYMLINK) {
            return null;
        }
        int fd = nodes.open(node);
        boolean readable = node.type == FileType.DIRECTORY && node.handle != null;
        try {
            return readable ? Xattr.getOpen(fd, name) : Xattr.get(fd, name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            node.volume.keepsNoAcls();
            return null;
        }
    }
}
