package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileSystemSpace;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.WouldBlock;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * The tree as far as it is in memory, for threads that others wait for: no disk is asked, and no monitor waited for. Whatever
 * is not ordinary is {@link WouldBlock}, and then {@link Reading} answers. Thread-safe.
 */
final class CachedTree implements FileTree {
    private final LocalTree tree;
    private final Nodes nodes;

    CachedTree(LocalTree tree, Nodes nodes) {
        this.tree = tree;
        this.nodes = nodes;
    }

    /** An object with an open descriptor, found inside the caller's export since anything was last moved. Pinned. */
    private Node object(Caller caller, long id) {
        Node node = nodes.pinCached(id);
        if (!Containment.isKnownInside(caller.root(), node)) {
            node.close();
            throw WouldBlock.INSTANCE;
        }
        return node;
    }

    private static Stat stat(Node node) throws ErrnoException {
        Stat stat = Posix.fstat(node.pathFd);
        if (stat.links() == 0) {
            throw new ErrnoException(Errno.ESTALE, "removed");
        }
        return stat;
    }

    private static Attributes attributes(Node node, Stat stat) {
        Node.Times times = node.times;
        if (!times.belongTo(stat)) {
            throw WouldBlock.INSTANCE;
        }
        return node.attributes(stat, times);
    }

    private static @Nullable Acl acl(Caller caller, Node node, Stat stat) {
        if (caller.isRoot() || caller.uid() == stat.uid() || !node.volume.keepsAcls()) {
            return null;
        }
        Node.SeenAcl seen = node.acl;
        if (seen == null || seen.changeNs() != stat.changeNs()) {
            throw WouldBlock.INSTANCE;
        }
        byte[] attribute = seen.attribute();
        return attribute == null ? null : Acl.decode(attribute);
    }

    @Override
    public Attributes attributes(Caller caller, long id) throws ErrnoException {
        try (Node node = object(caller, id)) {
            return attributes(node, stat(node));
        }
    }

    @Override
    public Found lookup(Caller caller, long directoryId, Name name) throws ErrnoException {
        if (name.isDots()) {
            throw WouldBlock.INSTANCE;
        }
        try (Node directory = object(caller, directoryId)) {
            if (directory.type != FileType.DIRECTORY) {
                throw new ErrnoException(Errno.ENOTDIR, "not a directory");
            }
            Stat stat = stat(directory);
            Permissions.require(caller, stat, acl(caller, directory, stat), Permissions.EXECUTE);
            Containment.Inside inside = directory.inside;
            Stat found = Posix.fstatatCached(directory.pathFd, name.bytes());
            try (Node child = nodes.pinCachedByInode(directory.volume, found)) {
                if (!child.isNamed(directory.id, name)) {
                    throw WouldBlock.INSTANCE;
                }
                Containment.foundInside(inside, child);
                return new Found(attributes(child, found), attributes(directory, stat));
            }
        } catch (ErrnoException e) {
            throw unlessBlocked(e);
        }
    }

    /**
     * The kernel says EAGAIN where it would have to ask the disk, or does not know how to say it. And whoever hears of an error of
     * the disk may have to ask it more.
     */
    private static ErrnoException unlessBlocked(ErrnoException e) {
        return switch (e.errno()) {
            case EAGAIN, EOPNOTSUPP, EINVAL, ENOSYS, EIO, EUCLEAN -> throw WouldBlock.INSTANCE;
            default -> e;
        };
    }

    @Override
    public Granted access(Caller caller, long id, int wanted) throws ErrnoException {
        try (Node node = object(caller, id)) {
            Stat stat = stat(node);
            int granted = Permissions.access(caller, stat, acl(caller, node, stat), wanted);
            return new Granted(attributes(node, stat), granted);
        }
    }

    @Override
    public ReadEnd read(Caller caller, long id, long offsetBytes, ByteBuffer into) throws ErrnoException {
        try (Node file = object(caller, id)) {
            int fd = file.writeFd >= 0 ? file.writeFd : file.readFd;
            if (fd < 0) {
                throw WouldBlock.INSTANCE;
            }
            Stat stat = stat(file);
            Permissions.requireData(caller, stat, acl(caller, file, stat), Permissions.READ);
            Attributes attributes = attributes(file, stat);
            int wanted = into.remaining();
            int read = offsetBytes < 0 || offsetBytes >= stat.sizeBytes() ? 0 : Data.preadCached(fd, into, offsetBytes);
            boolean endOfFile = offsetBytes < 0 || offsetBytes + read >= stat.sizeBytes();
            if (read < wanted && !endOfFile) {
                throw WouldBlock.INSTANCE;
            }
            return new ReadEnd(attributes, endOfFile);
        } catch (ErrnoException e) {
            throw unlessBlocked(e);
        }
    }

    @Override
    public LinkTarget readlink(Caller caller, long object) {
        throw WouldBlock.INSTANCE;
    }

    @Override
    public ListEnd list(Caller caller, long directory, long cookie, boolean withAttributes, EntrySink sink) {
        throw WouldBlock.INSTANCE;
    }

    @Override
    public FileSystemSpace space(Caller caller, long object) {
        throw WouldBlock.INSTANCE;
    }

    @Override
    public Limits limits(Caller caller, long object) {
        throw WouldBlock.INSTANCE;
    }

    @Override
    public Outcome change(CallId call, Operation operation) {
        throw WouldBlock.INSTANCE;
    }

    @Override
    public @Nullable Outcome outcomeOf(CallId call) {
        throw WouldBlock.INSTANCE;
    }

    @Override
    public long writeVerifier() {
        return tree.writeVerifier();
    }

    @Override
    public FileTree cached() {
        return this;
    }
}
