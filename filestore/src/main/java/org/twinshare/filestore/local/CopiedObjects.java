package org.twinshare.filestore.local;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.Mark;
import org.twinshare.filestore.identity.ObjectRecord;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/** Which objects of the other server's tree are here, as {@link TreeCopy} sees it: by the index, and by their marks. */
final class CopiedObjects {
    private final Nodes nodes;
    private final long cluster;

    CopiedObjects(Nodes nodes, long cluster) {
        this.nodes = nodes;
        this.cluster = cluster;
    }

    /**
     * The object of an id where it still is, pinned; null when there is none, or it lies on what is not served now: at the start
     * the exported directories come after the index.
     */
    @Nullable Node known(long id) throws ErrnoException {
        ObjectRecord record = nodes.index().get(id);
        if (record == null || nodes.volume(record.volume()) == null) {
            return null;
        }
        try {
            Node node = nodes.pin(id);
            try {
                Stat stat = Posix.fstat(nodes.open(node));
                if (stat.links() > 0 && node.is(stat)) {
                    return node;
                }
            } catch (ErrnoException e) {
                node.close();
                throw e;
            }
            node.close();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                throw e;
            }
        }
        gone(id);
        return null;
    }

    /** An object is not here any more. */
    void gone(long id) {
        ObjectRecord record = nodes.index().get(id);
        if (record != null) {
            Node cached = nodes.peek(id);
            if (cached != null) {
                nodes.forget(cached);
            }
            long unusedVersion = nodes.index().remove(record);
        }
    }

    /** Id of what has a name: by the index, or by its mark; 0 when it is nobody's. */
    long idOf(Volume volume, int directoryFd, Name name, Stat stat) throws ErrnoException {
        volume.check(stat);
        try (Node node = nodes.pinByInode(volume, stat)) {
            if (node != null) {
                return node.id;
            }
        }
        int fd = Posix.openat(directoryFd, name.bytes(), OpenFlags.O_PATH, 0);
        try {
            Mark mark = Mark.of(fd);
            if (mark == null || mark.cluster() != cluster || mark.inode() != stat.inode()) {
                return 0;
            }
            gone(mark.id());
            long unusedVersion =
                    nodes.index().put(Identities.record(mark.id(), volume, fd, stat, null, stat.changeNs(), null));
            return mark.id();
        } finally {
            Posix.close(fd);
        }
    }

    /** A descriptor of its own to list a directory with. */
    int listing(Node directory) throws ErrnoException {
        return Posix.openat(nodes.open(directory), new byte[] {'.'}, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
    }
}
