package org.twinshare.filestore.local;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.posix.KernelHandle;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Whether an object lies below an exported directory now. A handle leads to an object wherever it is, so this is asked with
 * every request; the answer holds until something is moved. Thread-safe.
 */
final class Containment {
    /**
     * An object was found below an exported directory.
     *
     * @param epoch of its volume, taken before the look
     */
    record Inside(long root, long epoch) {}

    /** For one object that is moved during each of them. */
    private static final int MOST_LOOKS = 100;

    private final Nodes nodes;
    private final Identities identities;

    Containment(Nodes nodes, Identities identities) {
        this.nodes = nodes;
        this.identities = identities;
    }

    /** Throws ESTALE for an object outside of this exported directory. */
    void require(long root, Node node) throws ErrnoException {
        if (node.id == root) {
            return;
        }
        long epoch = node.volume.epoch();
        if (isInside(root, epoch, node)) {
            return;
        }
        if (!look(root, node) && !lookBetweenRenames(root, node)) {
            throw new ErrnoException(Errno.ESTALE, "the object lies outside of the export");
        }
        node.inside = new Inside(root, epoch);
    }

    /** Whether an object lies below one of these exported directories. */
    boolean isInsideOneOf(Set<Long> roots, Node node) throws ErrnoException {
        for (long root : roots) {
            try {
                require(root, node);
                return true;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ESTALE) {
                    throw e;
                }
            }
        }
        return false;
    }

    private static boolean isInside(long root, long epoch, Node node) {
        Inside inside = node.inside;
        return inside != null && inside.root == root && inside.epoch == epoch;
    }

    /** Whether it is known to lie below this exported directory, without looking. */
    static boolean isKnownInside(long root, Node node) {
        return node.id == root || isInside(root, node.volume.epoch(), node);
    }

    /**
     * An object that was just found in a directory lies inside what the directory lies in.
     *
     * @param directoryInside taken of the directory before the object was looked for there
     */
    static void foundInside(@Nullable Inside directoryInside, Node node) {
        Inside known = node.inside;
        if (directoryInside != null && (known == null || known.epoch < directoryInside.epoch)) {
            node.inside = directoryInside;
        }
    }

    /** A client may have renamed it during a look, so that it had another name wherever it was looked for. */
    private boolean lookBetweenRenames(long root, Node node) throws ErrnoException {
        int renamings = node.awaitRenamed();
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            if (look(root, node)) {
                return true;
            }
            int before = renamings;
            renamings = node.awaitRenamed();
            if (renamings == before) {
                return false;
            }
        }
        return false;
    }

    private boolean look(long root, Node node) throws ErrnoException {
        try (Node rootNode = nodes.pin(root)) {
            if (rootNode.volume != node.volume) {
                return false;
            }
            if (node.type == FileType.DIRECTORY) {
                return isDirectoryInside(rootNode, node);
            }
            return hasNameInside(root, node) || movedInside(rootNode, node);
        }
    }

    private boolean isDirectoryInside(Node root, Node directory) throws ErrnoException {
        if (root.onOtherMount) {
            return climbsTo(root, nodes.open(directory));
        }
        try {
            return relativePath(root, directory) != null;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENAMETOOLONG) {
                return climbsTo(root, nodes.open(directory));
            }
            throw e;
        }
    }

    /** Walks up, where a path says nothing: it has more than 4,096 bytes, or belongs to another mount. */
    private boolean climbsTo(Node root, int directoryFd) throws ErrnoException {
        Stat above = Posix.fstat(nodes.open(root));
        int at = up(directoryFd);
        try {
            Stat stat = Posix.fstat(at);
            while (stat.device() == above.device() && stat.inode() != above.inode()) {
                int next = up(at);
                Posix.close(at);
                at = next;
                Stat higher = Posix.fstat(at);
                if (higher.inode() == stat.inode()) {
                    return false;
                }
                stat = higher;
            }
            return stat.device() == above.device();
        } finally {
            Posix.close(at);
        }
    }

    private static int up(int directoryFd) throws ErrnoException {
        return Posix.openat(directoryFd, new byte[] {'.', '.'}, OpenFlags.O_PATH, 0);
    }

    /** The path of an object below a directory as the kernel knows it; null when it does not lie there. */
    private byte @Nullable [] relativePath(Node root, Node node) throws ErrnoException {
        byte[] above = root.onOtherMount ? freshPathOf(root) : Posix.pathOf(nodes.open(root));
        byte[] path = node.type == FileType.DIRECTORY ? Posix.pathOf(nodes.open(node)) : freshPathOf(node);
        int length = above.length == 1 ? 0 : above.length; // "/" itself ends with the slash
        boolean below =
                path.length > length + 1 && path[length] == '/' && Arrays.equals(path, 0, length, above, 0, length);
        return below ? Arrays.copyOfRange(path, length + 1, path.length) : null;
    }

    /**
     * The path by another descriptor than the one that is open: a file that was made without a name has none by the one it was
     * made with, and the root of an export may be open through another mount.
     */
    private byte[] freshPathOf(Node file) throws ErrnoException {
        KernelHandle handle = file.handle;
        if (handle == null) {
            return Posix.pathOf(nodes.open(file));
        }
        int fd = file.volume.open(handle, OpenFlags.O_PATH);
        try {
            return Posix.pathOf(fd);
        } finally {
            Posix.close(fd);
        }
    }

    private boolean hasNameInside(long root, Node node) throws ErrnoException {
        Link link = node.link;
        if (link != null && isNameInside(root, node, link)) {
            return true;
        }
        for (Link other : nodes.index().otherLinks(node.id)) {
            if (isNameInside(root, node, other)) {
                return true;
            }
        }
        return false;
    }

    private boolean isNameInside(long root, Node node, Link link) throws ErrnoException {
        try (Node directory = nodes.pin(link.directory())) {
            require(root, directory);
            return node.is(Posix.fstatat(nodes.open(directory), link.name().bytes()));
        } catch (ErrnoException e) {
            if (!leadsNowhere(e)) {
                throw e;
            }
            return false;
        }
    }

    private static boolean leadsNowhere(ErrnoException why) {
        return switch (why.errno()) {
            case ENOENT, ESTALE, ENOTDIR, EXDEV -> true;
            default -> false;
        };
    }

    /**
     * Someone else moved it: the kernel may know where to. Walks there, so that every directory on the way is known; again where
     * it was moved once more meanwhile, because the path that the kernel knows is never a wrong one.
     */
    private boolean movedInside(Node root, Node node) throws ErrnoException {
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            byte[] path = null;
            try {
                boolean gone = Posix.fstat(nodes.open(node)).links() == 0;
                path = gone ? null : relativePath(root, node);
                if (path == null || walk(root, path, 0, node)) {
                    return path != null;
                }
            } catch (ErrnoException e) {
                if (!leadsNowhere(e) && e.errno() != Errno.ENAMETOOLONG) {
                    throw e;
                }
                if (path == null) {
                    return false;
                }
            }
        }
        return false;
    }

    private boolean walk(Node directory, byte[] path, int begin, Node wanted) throws ErrnoException {
        int end = begin;
        while (end < path.length && path[end] != '/') {
            end++;
        }
        Name name = Name.of(path, begin, end - begin);
        Stat stat = Posix.fstatat(nodes.open(directory), name.bytes());
        try (Node found = identities.identify(directory, name, stat)) {
            return end == path.length ? found == wanted : walk(found, path, end + 1, wanted);
        }
    }
}
