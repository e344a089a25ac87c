package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * The tree as another server sees it: everything by id, without callers and permissions. Every id that it shows is kept
 * first, as before a client sees one. Thread-safe; takes no locks of changes.
 */
public final class TreeView {
    private final Nodes nodes;
    private final Identities identities;
    private final Observer observer;
    private final Directories directories;
    private final Containment containment;
    private final Roots roots;

    TreeView(
            Nodes nodes,
            Identities identities,
            Observer observer,
            Directories directories,
            Containment containment,
            Roots roots) {
        this.nodes = nodes;
        this.identities = identities;
        this.observer = observer;
        this.directories = directories;
        this.containment = containment;
        this.roots = roots;
    }

    /** An exported directory that is bound. */
    public record Root(long id, byte[] path) {}

    public List<Root> roots() {
        return roots.bound();
    }

    /** A name in a directory. */
    public record Entry(long cookie, long id, Name name) {}

    /** Names in the order of their cookies, and whether the end was reached. */
    public record Page(List<Entry> entries, boolean endOfDirectory) {}

    /** At most so many names behind a cookie, 0 for the beginning. ESTALE or ENOTDIR when there is no such directory. */
    public Page page(long directory, long cookie, int most) throws ErrnoException {
        try (Node node = nodes.pin(directory)) {
            if (node.type != FileType.DIRECTORY) {
                throw new ErrnoException(Errno.ENOTDIR, "only directories have entries");
            }
            List<Entry> entries = new ArrayList<>();
            boolean end = directories.list(node, directory, cookie, false, (at, id, bytes, offset, length, unused) -> {
                if (entries.size() == most) {
                    return false;
                }
                if (at > Cookies.LAST_RESERVED) {
                    entries.add(new Entry(at, id, nameOf(bytes, offset, length)));
                }
                return true;
            });
            return new Page(entries, end);
        }
    }

    private static Name nameOf(byte[] bytes, int offset, int length) {
        try {
            return Name.of(bytes, offset, length);
        } catch (ErrnoException e) {
            throw new IllegalStateException("a directory holds a name that no file can have", e);
        }
    }

    /** Whose a name is; 0 for nobody's, also when there is no such directory. */
    public long find(Slot slot) throws ErrnoException {
        try (Node directory = nodes.pin(slot.directory())) {
            Stat stat = Posix.fstatat(nodes.open(directory), slot.name().bytes());
            try (Node node = identified(directory, slot.name(), stat)) {
                if (node == null) {
                    return 0;
                }
                nodes.requireShown(node);
                return node.id;
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESTALE || e.errno() == Errno.ENOTDIR) {
                return 0;
            }
            throw e;
        }
    }

    private @Nullable Node identified(Node directory, Name name, Stat stat) throws ErrnoException {
        return observer.isFollowing()
                ? withGivenId(directory.volume, stat)
                : identities.identify(directory, name, stat);
    }

    private @Nullable Node identifiedAbove(Node node, DirectoryAbove above) throws ErrnoException {
        return observer.isFollowing() ? withGivenId(node.volume, Posix.fstat(above.fd)) : identities.parent(node);
    }

    /** In a tree that follows only the other server gives ids: pinned, and null for what has none. */
    private @Nullable Node withGivenId(Volume volume, Stat stat) throws ErrnoException {
        volume.check(stat);
        return nodes.pinByInode(volume, stat);
    }

    /** An object as it is now; ESTALE when it is gone. */
    public ObjectDescription describe(long id, boolean withPlaces) throws ErrnoException {
        try (Node node = nodes.pin(id)) {
            nodes.requireShown(node);
            int fd = nodes.open(node);
            List<Slot> places = withPlaces ? places(node) : List.of();
            synchronized (node) {
                Stat stat = observer.stat(node);
                Attributes now = observer.attributesNow(node, stat);
                byte[] target = node.type == FileType.SYMLINK ? Posix.readlink(fd) : new byte[0];
                return new ObjectDescription(
                        id,
                        node.type,
                        now.mode(),
                        now.uid(),
                        now.gid(),
                        stat.rdev(),
                        now.sizeBytes(),
                        now.accessNs(),
                        now.modifyNs(),
                        now.changeNs(),
                        now.links(),
                        target,
                        node.verifier,
                        hasAcl(node),
                        places);
            }
        }
    }

    private List<Slot> places(Node node) throws ErrnoException {
        List<Link> links = new ArrayList<>();
        synchronized (node) {
            // Together: one of the others becomes the first when that is removed.
            Link first = node.link;
            if (first != null) {
                links.add(first);
            }
            links.addAll(nodes.index().otherLinks(node.id));
        }
        List<Slot> places = new ArrayList<>();
        for (Link link : links) {
            Slot slot = new Slot(link.directory(), link.name());
            if (find(slot) == node.id) {
                places.add(slot);
            }
        }
        boolean moved = places.isEmpty() && node.type == FileType.DIRECTORY && !roots.isRoot(node.id);
        if (moved && containment.isInsideOneOf(roots.ids(), node)) {
            addUnseen(places, node);
        }
        return places;
    }

    /** A local process has moved a directory, and nobody came by since then. */
    private void addUnseen(List<Slot> places, Node node) throws ErrnoException {
        try (DirectoryAbove above = new DirectoryAbove(nodes, node);
                Node parent = identifiedAbove(node, above)) {
            if (parent == null) {
                return;
            }
            nodes.requireShown(parent);
            Slot slot = new Slot(parent.id, above.name());
            if (find(slot) == node.id) {
                places.add(slot);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE && e.errno() != Errno.ENOENT) {
                throw e;
            }
            // It is gone, or moved again.
        }
    }

    private boolean hasAcl(Node node) throws ErrnoException {
        return observer.acl(node, Acl.ACCESS) != null
                || node.type == FileType.DIRECTORY && observer.acl(node, Acl.DEFAULT) != null;
    }

    /**
     * Reads bytes of a regular file into a direct buffer, from its position to its limit; fewer only at the end. Returns how
     * many. ESTALE when it is gone, EINVAL when it is no regular file.
     */
    public int read(long id, long offsetBytes, ByteBuffer into) throws ErrnoException {
        try (Node file = nodes.pin(id)) {
            if (file.type != FileType.REGULAR) {
                throw new ErrnoException(Errno.EINVAL, "only regular files have bytes");
            }
            int fd = nodes.openForRead(file);
            try {
                return Data.pread(fd, into, offsetBytes);
            } catch (ErrnoException e) {
                throw new ErrnoException(e.errno(), "pread of " + Name.text(Posix.pathOf(fd)));
            }
        }
    }
}
