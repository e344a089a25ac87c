package org.twinshare.filestore.local;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
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
    private final Nodes nodes;

    Observer(Nodes nodes) {
        this.nodes = nodes;
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
        if (times.localChangeNs() == stat.changeNs()) {
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
        if (times.localChangeNs() != stat.changeNs()) {
            times = new Node.Times(Math.max(stat.changeNs(), times.changeNs() + 1), stat.changeNs());
            node.times = times;
            node.insideOf = 0;
        }
        return node.attributes(stat, times);
    }

    /**
     * Attributes after our own change, for one who has held the node's monitor since before the change. Our ctime rises
     * even where the kernel's clock has not moved on, and that is then remembered.
     */
    Attributes attributesAfter(Node node, Stat stat, long timeNs) {
        long changeNs = Math.max(node.times.changeNs() + 1, Math.max(timeNs, stat.changeNs()));
        Node.Times times = new Node.Times(changeNs, stat.changeNs());
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
        if (node.aclChangeNs != stat.changeNs()) {
            try {
                node.acl = Xattr.get(nodes.open(node), Acl.ACCESS);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EOPNOTSUPP) {
                    throw e;
                }
                node.volume.keepsNoAcls();
            }
            node.aclChangeNs = stat.changeNs();
        }
        byte[] attribute = node.acl;
        return attribute == null ? null : Acl.decode(attribute);
    }
}
