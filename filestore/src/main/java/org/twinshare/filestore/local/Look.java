package org.twinshare.filestore.local;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.posix.Dents;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/** What decisions ask about the tree as it is: objects inside the caller's export, and rights on them. Thread-safe. */
final class Look {
    /** Of one name, which somebody else replaces each time, or is removing. */
    private static final int MOST_LOOKS = 100;

    /** Between two looks: the kernel shows the name of an object without links until whoever removes it runs again. */
    private static final long BETWEEN_LOOKS_NS = 1_000_000;

    private final Nodes nodes;
    private final Identities identities;
    private final Containment containment;
    private final Observer observer;
    private final Roots roots;

    Look(Nodes nodes, Identities identities, Containment containment, Observer observer, Roots roots) {
        this.nodes = nodes;
        this.identities = identities;
        this.containment = containment;
        this.observer = observer;
        this.roots = roots;
    }

    /** A look at names, which holds nothing when it fails. */
    interface Looking<T> {
        T look() throws ErrnoException;
    }

    /** Throws when a look for names cannot end otherwise than by ESTALE. */
    interface Requirement {
        void require() throws ErrnoException;
    }

    /**
     * Looks once more where what has a name was removed, or replaced, just after it was found: ESTALE would say of the
     * directory that it is gone.
     */
    <T> T again(Looking<T> looking, Requirement requirement) throws ErrnoException {
        for (int looks = 1; ; looks++) {
            try {
                return looking.look();
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ESTALE || looks == MOST_LOOKS) {
                    throw e;
                }
            }
            requirement.require();
            LockSupport.parkNanos(BETWEEN_LOOKS_NS);
        }
    }

    /** An object inside the caller's export, pinned. */
    Node object(Caller caller, long id) throws ErrnoException {
        Node node = nodes.pin(id);
        try {
            containment.require(caller.root(), node);
            return node;
        } catch (ErrnoException e) {
            node.close();
            throw e;
        }
    }

    /** A directory inside the caller's export, pinned. */
    Node directory(Caller caller, long id) throws ErrnoException {
        Node node = object(caller, id);
        if (node.type != FileType.DIRECTORY) {
            node.close();
            throw new ErrnoException(Errno.ENOTDIR, "not a directory");
        }
        return node;
    }

    /** The object of a name, pinned; null when there is none. */
    @Nullable Node child(Node directory, Name name) throws ErrnoException {
        Containment.Inside inside = directory.inside;
        Stat stat;
        try {
            stat = Posix.fstatat(nodes.open(directory), name.bytes());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
        Node node = identities.identify(directory, name, stat);
        Containment.foundInside(inside, node);
        return node;
    }

    Stat stat(Node node) throws ErrnoException {
        return observer.stat(node);
    }

    Attributes attributes(Node node, Stat stat) throws ErrnoException {
        return observer.attributes(node, stat);
    }

    /** The ACL that matters for this caller: for root and the owner none does. */
    @Nullable Acl acl(Caller caller, Node node, Stat stat) throws ErrnoException {
        return caller.isRoot() || caller.uid() == stat.uid() ? null : observer.acl(node, stat);
    }

    void require(Caller caller, Node node, Stat stat, int rights) throws ErrnoException {
        Permissions.require(caller, stat, acl(caller, node, stat), rights);
    }

    /**
     * May the caller take this name away: rights on the directory, and its sticky bit.
     *
     * @param stat of the directory
     */
    void requireRemoval(Caller caller, Node directory, Stat stat, Node victim) throws ErrnoException {
        require(caller, directory, stat, Permissions.WRITE | Permissions.EXECUTE);
        // Only then it matters whose it is.
        if (Permissions.mayRemoveOwnOnly(caller, stat)
                && caller.uid() != stat(victim).uid()) {
            throw new ErrnoException(Errno.EPERM, "sticky directory");
        }
    }

    void refuseDots(Name name, Errno errno) throws ErrnoException {
        if (name.isDots()) {
            throw new ErrnoException(errno, name.toString());
        }
    }

    void requireRegular(Node node) throws ErrnoException {
        if (node.type == FileType.DIRECTORY) {
            throw new ErrnoException(Errno.EISDIR, "a directory has no data");
        }
        if (node.type != FileType.REGULAR) {
            throw new ErrnoException(Errno.EINVAL, "only regular files have data here");
        }
    }

    /** A directory may go when nothing is in it, and when it is not exported itself. */
    void requireEmptyAndFree(Node directory) throws ErrnoException {
        if (roots.isRoot(directory.id)) {
            throw new ErrnoException(Errno.EBUSY, "an exported directory");
        }
        int fd = Posix.openat(nodes.open(directory), new byte[] {'.'}, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
        try {
            if (!Dents.isEmpty(fd)) {
                throw new ErrnoException(Errno.ENOTEMPTY, "rmdir");
            }
        } finally {
            Posix.close(fd);
        }
    }

    /** Whether a directory, inside the caller's export, is another one or lies below it. */
    boolean isBelow(Caller caller, Node directory, Node above) throws ErrnoException {
        Node next = nodes.pin(directory.id);
        while (true) {
            try (Node at = next) {
                if (at == above) {
                    return true;
                }
                if (at.id == caller.root()) {
                    return false;
                }
                next = identities.parent(at);
                if (next == at) {
                    next.close(); // the root of all, and the export was not above: it has just been moved away
                    return false;
                }
            }
        }
    }

    /** The mode of what is made in a directory, where a default ACL there narrows it. */
    int inheritedMode(Node directory, Stat above, FileType type, int mode) throws ErrnoException {
        if (type == FileType.SYMLINK) {
            return mode;
        }
        byte[] attribute = observer.acl(directory, Acl.DEFAULT);
        Acl inherited = attribute == null ? null : Acl.decode(attribute);
        return inherited == null ? mode : inherited.inheritedMode(mode);
    }

    long newId() throws ErrnoException {
        return nodes.index().newId();
    }
}
