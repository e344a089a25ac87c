package org.twinshare.filestore.local;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.identity.ObjectRecord;
import org.twinshare.filestore.posix.KernelHandle;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Tells which of our objects a name leads to, gives an id to one that was never seen, and keeps the names of objects in
 * step with what is found. Thread-safe.
 */
final class Identities {
    private final Nodes nodes;
    private final ObjectIndex index;
    private final Object adopting = new Object();

    Identities(Nodes nodes) {
        this.nodes = nodes;
        this.index = nodes.index();
    }

    /** The object of a name in a directory, pinned; {@code stat} was just taken of that name. */
    Node identify(Node directory, Name name, Stat stat) throws ErrnoException {
        directory.volume.check(stat);
        Node known = nodes.pinByInode(directory.volume, stat);
        if (known == null) {
            return adopt(directory, name);
        }
        if (!known.isNamed(directory.id, name)) {
            alsoNamed(known, directory, name, stat);
        }
        return known;
    }

    /**
     * Gives an id to an object that has none, where {@code handle} and {@code stat} are known to be of one object; null when
     * it has one by now. The caller has held the directory's monitor since before both were taken.
     */
    @Nullable Node adopt(Node directory, Name name, Stat stat, KernelHandle handle) throws ErrnoException {
        Volume volume = directory.volume;
        synchronized (adopting) {
            try (Node known = nodes.pinByInode(volume, stat)) {
                if (known != null) {
                    return null;
                }
            }
            Link link = new Link(directory.id, name);
            return nodes.found(volume, record(index.newId(), volume, handle, stat, link, stat.changeNs(), null));
        }
    }

    /**
     * Gives an id to an object that has none; ENOENT when the name is gone meanwhile. Under the directory's monitor, because
     * under that our own new objects get their names and are made known in one step.
     */
    private Node adopt(Node directory, Name name) throws ErrnoException {
        int directoryFd = nodes.open(directory);
        synchronized (directory) {
            int fd = Posix.openat(directoryFd, name.bytes(), OpenFlags.O_PATH, 0);
            try {
                Stat stat = Posix.fstat(fd);
                directory.volume.check(stat);
                return adopt(directory.volume, fd, stat, new Link(directory.id, name));
            } finally {
                Posix.close(fd);
            }
        }
    }

    private Node adopt(Volume volume, int fd, Stat stat, @Nullable Link link) throws ErrnoException {
        synchronized (adopting) {
            Node known = nodes.pinByInode(volume, stat);
            return known == null
                    ? nodes.found(volume, record(index.newId(), volume, fd, stat, link, stat.changeNs(), null))
                    : known;
        }
    }

    /** The record of an open object. */
    static ObjectRecord record(
            long id, Volume volume, int fd, Stat stat, @Nullable Link link, long changeNs, @Nullable Long verifier)
            throws ErrnoException {
        return record(id, volume, volume.handleOf(fd), stat, link, changeNs, verifier);
    }

    private static ObjectRecord record(
            long id,
            Volume volume,
            @Nullable KernelHandle handle,
            Stat stat,
            @Nullable Link link,
            long changeNs,
            @Nullable Long verifier) {
        return new ObjectRecord(
                id,
                volume.number,
                stat.type(),
                stat.inode(),
                stat.birthNs(),
                handle,
                link,
                changeNs,
                stat.changeNs(),
                verifier);
    }

    /** The directory above; {@code directory} itself at the root of a file system. Pinned. */
    Node parent(Node directory) throws ErrnoException {
        int fd = Posix.openat(nodes.open(directory), new byte[] {'.', '.'}, OpenFlags.O_PATH, 0);
        try {
            Stat stat = Posix.fstat(fd);
            directory.volume.check(stat);
            return adopt(directory.volume, fd, stat, null);
        } finally {
            Posix.close(fd);
        }
    }

    /** An object was found under a name that is not the one in its record. */
    private void alsoNamed(Node node, Node directory, Name name, Stat found) throws ErrnoException {
        Link link = new Link(directory.id, name);
        boolean further = found.links() > 1 && node.type != FileType.DIRECTORY && node.link != null;
        if (further && index.hasLink(node.id, link)) {
            return;
        }
        int directoryFd = nodes.open(directory);
        synchronized (node) {
            if (node.isBeingRenamed()) {
                // Whoever does that notes it.
                return;
            }
            // Under the monitor it is looked at again, because a rename since then has noted the name that it has now.
            Stat now = statOrNull(directoryFd, name);
            if (node.gone || now == null || !node.is(now) || link.equals(node.link)) {
                return;
            }
            boolean onlyName = now.links() <= 1 || node.type == FileType.DIRECTORY;
            if (onlyName || node.link == null) {
                // It may have been one of several until a moment ago, and who removed the others has not noted that
                // yet.
                index.removeLink(node.id, link);
                node.link = link;
                long unusedVersion = index.put(node.record());
            } else if (!index.hasLink(node.id, link)) {
                index.addLink(node.id, link);
            }
        }
    }

    /** What has a name in an open directory; null for nothing. */
    static @Nullable Stat statOrNull(int directoryFd, Name name) throws ErrnoException {
        try {
            return Posix.fstatat(directoryFd, name.bytes());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    /** A name of an object came by our own doing. The caller holds the object's lock. */
    void named(Node node, Link link) {
        synchronized (node) {
            if (node.link == null) {
                node.link = link;
            } else if (!link.equals(node.link)) {
                index.addLink(node.id, link);
            }
            nodes.changed(node);
        }
    }

    /** A name of an object went by our own doing, and it has others. The caller holds the object's lock. */
    void unnamed(Node node, Link link) {
        synchronized (node) {
            if (link.equals(node.link)) {
                Link other = index.otherLinks(node.id).stream().findFirst().orElse(null);
                node.link = other;
                if (other != null) {
                    index.removeLink(node.id, other);
                }
            } else {
                index.removeLink(node.id, link);
            }
            node.inside = null;
            nodes.changed(node);
        }
        node.volume.lostName();
    }

    /** A directory has this name now by our own doing, or none for null, whatever was known of it before. */
    void placed(Node directory, @Nullable Link link) {
        synchronized (directory) {
            index.otherLinks(directory.id).forEach(other -> index.removeLink(directory.id, other));
            directory.link = link;
            directory.inside = null;
            nodes.changed(directory);
        }
        directory.volume.movedOne();
    }

    /** A name of an object was exchanged for another by our own doing. The caller holds the object's lock. */
    void renamed(Node node, Link before, Link after) {
        synchronized (node) {
            if (before.equals(node.link) || node.link == null) {
                node.link = after;
            } else {
                index.removeLink(node.id, before);
                index.addLink(node.id, after);
            }
            // Another export may begin between the two places.
            node.inside = null;
            nodes.changed(node);
        }
        if (node.type == FileType.DIRECTORY) {
            node.volume.movedOne();
        } else {
            node.volume.lostName();
        }
    }

    /** An object lost its last name by our own doing. */
    void removed(Node node) {
        synchronized (node) {
            node.gone = true;
        }
        nodes.forget(node);
        long unusedVersion = index.remove(node.record());
    }
}
