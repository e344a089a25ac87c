package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileSystemSpace;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/** The requests that only look at the tree. Takes no locks. Thread-safe. */
final class Reading {
    /** Linux and every file system here keep nanoseconds; ext4 takes the most hard links of one file, 65,000, as others. */
    private static final int MAX_LINKS = 65_000;

    private static final long TIME_DELTA_NS = 1;

    private final Nodes nodes;
    private final Identities identities;
    private final Look look;
    private final Observer observer;
    private final Directories directories;

    Reading(Nodes nodes, Identities identities, Look look, Observer observer, Directories directories) {
        this.nodes = nodes;
        this.identities = identities;
        this.look = look;
        this.observer = observer;
        this.directories = directories;
    }

    Attributes attributes(Caller caller, long id) throws ErrnoException {
        try (Node node = look.object(caller, id)) {
            return observer.attributes(node);
        }
    }

    Attributes attributes(Node node) throws ErrnoException {
        return observer.attributes(node);
    }

    void touch(Node node, long changeNs) {
        synchronized (node) {
            Node.Times times = node.times;
            node.times = new Node.Times(Math.max(changeNs, times.changeNs() + 1), times.localChangeNs(), false);
            node.seen = null;
            nodes.changed(node);
        }
    }

    FileTree.Found lookup(Caller caller, long directoryId, Name name) throws ErrnoException {
        try (Node directory = look.directory(caller, directoryId)) {
            return look.again(
                    () -> {
                        Stat stat = observer.stat(directory);
                        look.require(caller, directory, stat, Permissions.EXECUTE);
                        return found(caller, directory, stat, name);
                    },
                    () -> observer.stat(directory));
        }
    }

    private FileTree.Found found(Caller caller, Node directory, Stat stat, Name name) throws ErrnoException {
        try (Node child = find(caller, directory, name)) {
            nodes.requireShown(child);
            return new FileTree.Found(observer.attributes(child), observer.attributes(directory, stat));
        }
    }

    private Node find(Caller caller, Node directory, Name name) throws ErrnoException {
        boolean stays = name.isDot() || name.isDotDot() && directory.id == caller.root();
        if (stays) {
            return nodes.pin(directory.id);
        }
        if (name.isDotDot()) {
            return identities.parent(directory);
        }
        Node child = look.child(directory, name);
        if (child == null) {
            throw new ErrnoException(Errno.ENOENT, "no such name");
        }
        return child;
    }

    FileTree.Granted access(Caller caller, long id, int wanted) throws ErrnoException {
        try (Node node = look.object(caller, id)) {
            Stat stat = observer.stat(node);
            int granted = Permissions.access(caller, stat, look.acl(caller, node, stat), wanted);
            return new FileTree.Granted(observer.attributes(node, stat), granted);
        }
    }

    FileTree.LinkTarget readlink(Caller caller, long id) throws ErrnoException {
        try (Node node = look.object(caller, id)) {
            if (node.type != FileType.SYMLINK) {
                throw new ErrnoException(Errno.EINVAL, "not a symbolic link");
            }
            byte[] target = Posix.readlink(nodes.open(node));
            return new FileTree.LinkTarget(observer.attributes(node), target);
        }
    }

    /**
     * The attributes are taken before the data: a client that keeps new data under old attributes reads them again, and one
     * that kept old data under new attributes would not.
     */
    FileTree.ReadEnd read(Caller caller, long id, long offsetBytes, ByteBuffer into) throws ErrnoException {
        try (Node file = look.object(caller, id)) {
            Stat stat = observer.stat(file);
            look.requireRegular(file);
            Permissions.requireData(caller, stat, look.acl(caller, file, stat), Permissions.READ);
            Attributes attributes = observer.attributes(file, stat);
            int wanted = into.remaining();
            int read = offsetBytes < 0 || offsetBytes >= attributes.sizeBytes()
                    ? 0
                    : pread(nodes.openForRead(file), into, offsetBytes, attributes.sizeBytes());
            boolean endOfFile = read < wanted || offsetBytes + read >= attributes.sizeBytes();
            return new FileTree.ReadEnd(attributes, endOfFile);
        }
    }

    /** What is in memory at once, and the rest as slowly as the disk is. */
    private static int pread(int fd, ByteBuffer into, long offsetBytes, long sizeBytes) throws ErrnoException {
        int begin = into.position();
        try {
            int unusedBytes = Data.preadCached(fd, into, offsetBytes);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EAGAIN && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
        int cached = into.position() - begin;
        boolean all = !into.hasRemaining() || offsetBytes + cached >= sizeBytes;
        return all ? cached : cached + Slow.call(() -> Data.pread(fd, into, offsetBytes + cached));
    }

    FileTree.ListEnd list(Caller caller, long directoryId, long cookie, boolean withAttributes, FileTree.EntrySink sink)
            throws ErrnoException {
        if (cookie < 0 || cookie > Cookies.LAST) {
            throw new ErrnoException(Errno.BAD_COOKIE, "no name has this cookie");
        }
        try (Node directory = look.directory(caller, directoryId)) {
            look.require(caller, directory, observer.stat(directory), Permissions.READ);
            long parent = cookie < Cookies.LAST_RESERVED ? parentId(caller, directory) : 0;
            boolean end = directories.list(directory, parent, cookie, withAttributes, sink);
            return new FileTree.ListEnd(observer.attributes(directory), end);
        }
    }

    private long parentId(Caller caller, Node directory) throws ErrnoException {
        if (directory.id == caller.root()) {
            return directory.id;
        }
        try (Node parent = identities.parent(directory)) {
            nodes.requireShown(parent);
            return parent.id;
        }
    }

    FileSystemSpace space(Caller caller, long id) throws ErrnoException {
        try (Node node = look.object(caller, id)) {
            return Posix.fstatfs(nodes.open(node));
        }
    }

    FileTree.Limits limits(Caller caller, long id) throws ErrnoException {
        try (Node node = look.object(caller, id)) {
            return new FileTree.Limits(node.volume.maxFileBytes, MAX_LINKS, TIME_DELTA_NS);
        }
    }

    long listingBytes() {
        return directories.weightBytes();
    }
}
