package org.twinshare.filestore.local;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Gives names to the objects of the other server's tree, for {@link TreeCopy}. What loses a name is put aside until
 * {@link #clear}, and what is nobody's is removed. Not thread-safe.
 */
final class CopiedNames {
    private final Nodes nodes;
    private final Identities identities;
    private final Making making;
    private final Roots roots;
    private final CopiedObjects objects;
    private final CopiedContents contents;
    private @Nullable Staging staging;

    CopiedNames(
            Nodes nodes,
            Identities identities,
            Making making,
            Roots roots,
            CopiedObjects objects,
            CopiedContents contents) {
        this.nodes = nodes;
        this.identities = identities;
        this.making = making;
        this.roots = roots;
        this.objects = objects;
        this.contents = contents;
    }

    private Staging staging() throws ErrnoException {
        Staging open = staging;
        if (open == null) {
            open = new Staging(nodes, roots.ids(), () -> {});
            staging = open;
            open.entries(objects::idOf);
        }
        return open;
    }

    /** Sees to it that a name leads to an object, which is made when it is not here. ESTALE when the directory is not here. */
    TreeCopy.Placed place(Slot slot, ObjectDescription wanted) throws ErrnoException {
        Name name = slot.name();
        try (Node directory = nodes.pin(slot.directory())) {
            int fd = nodes.open(directory);
            Stat stat = Identities.statOrNull(fd, name);
            long there = stat == null ? 0 : objects.idOf(directory.volume, fd, name, stat);
            try (Node known = objects.known(wanted.id())) {
                if (known != null && there == wanted.id()) {
                    noteName(known, new Link(directory.id, name));
                    return TreeCopy.Placed.THERE;
                }
                if (stat != null && there == 0 && known == null && fits(fd, name, stat, wanted)) {
                    adopt(directory, name, wanted);
                    return TreeCopy.Placed.ADOPTED;
                }
                if (stat != null) {
                    int unusedRemoved = vacate(directory, name, stat, there);
                }
                if (known == null) {
                    make(directory, name, wanted);
                    return TreeCopy.Placed.MADE;
                }
                return give(known, directory, name) ? TreeCopy.Placed.LINKED : TreeCopy.Placed.NOT_YET;
            }
        }
    }

    private void noteName(Node node, Link link) {
        if (node.type == FileType.DIRECTORY) {
            if (!link.equals(node.link)) {
                identities.placed(node, link);
            }
        } else if (node.link == null || !node.isNamed(link.directory(), link.name()) && !isOtherName(node, link)) {
            identities.named(node, link);
        }
    }

    private boolean isOtherName(Node node, Link link) {
        return nodes.index().hasLink(node.id, link);
    }

    /** Whether what has the name can become the object: what cannot be changed of it is the same. */
    private static boolean fits(int directoryFd, Name name, Stat stat, ObjectDescription wanted) throws ErrnoException {
        if (stat.type() != wanted.type() || stat.rdev() != wanted.rdev()) {
            return false;
        }
        if (stat.type() != FileType.SYMLINK) {
            return true;
        }
        int fd = Posix.openat(directoryFd, name.bytes(), OpenFlags.O_PATH, 0);
        try {
            return Arrays.equals(Posix.readlink(fd), wanted.target());
        } finally {
            Posix.close(fd);
        }
    }

    private void adopt(Node directory, Name name, ObjectDescription wanted) throws ErrnoException {
        Volume volume = directory.volume;
        int flags = wanted.type() == FileType.DIRECTORY
                ? OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY
                : wanted.type() == FileType.REGULAR ? OpenFlags.O_RDWR : OpenFlags.O_PATH;
        int fd = Posix.openat(nodes.open(directory), name.bytes(), flags, 0);
        try {
            Stat stat = Posix.fstat(fd);
            making.mark(volume, fd, stat.type(), wanted.id(), stat.inode());
            Link link = new Link(directory.id, name);
            nodes.made(
                            volume,
                            Identities.record(
                                    wanted.id(), volume, fd, stat, link, wanted.changeNs(), wanted.verifier()))
                    .close();
        } finally {
            Posix.close(fd);
        }
    }

    private void make(Node directory, Name name, ObjectDescription wanted) throws ErrnoException {
        try (Making.Newborn newborn = making.prepare(directory, wanted.madeAs(new Slot(directory.id, name)))) {
            newborn.name(nodes.open(directory));
        }
    }

    /** One more name for an object, or the place of a directory; false when it holds the one that it would lie in. */
    private boolean give(Node object, Node directory, Name name) throws ErrnoException {
        Link link = new Link(directory.id, name);
        if (object.type != FileType.DIRECTORY) {
            directory.volume.linkat(nodes.open(object), nodes.open(directory), name.bytes());
            identities.named(object, link);
            return true;
        }
        if (!staging().holds(object.id)) {
            putAside(object);
        }
        try {
            staging().give(object, directory, name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return false;
        }
        identities.placed(object, link);
        return true;
    }

    /** Puts a directory aside from where it is, of which the index may be ignorant: it may be older than the tree. */
    private void putAside(Node object) throws ErrnoException {
        try (DirectoryAbove above = new DirectoryAbove(nodes, object)) {
            Name name = above.name();
            contents.keepingCtime(object, () -> staging().take(above.fd, name, object));
        }
        identities.placed(object, null);
    }

    /** Takes what has a name away from it; returns how many of nobody's files were removed. */
    private int vacate(Node directory, Name name, Stat stat, long there) throws ErrnoException {
        if (there == 0) {
            return removeStranger(directory.volume, nodes.open(directory), name, stat);
        }
        try (Node object = nodes.pin(there)) {
            contents.keepingCtime(object, () -> staging().take(directory, name, object));
            identities.unnamed(object, new Link(directory.id, name));
        }
        return 0;
    }

    /** Removes what is nobody's, and puts aside what is ours below it. */
    private int removeStranger(Volume volume, int directoryFd, Name name, Stat stat) throws ErrnoException {
        if (stat.type() != FileType.DIRECTORY) {
            Posix.unlinkat(directoryFd, name.bytes());
            return 1;
        }
        int fd = Posix.openat(directoryFd, name.bytes(), OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
        int removed = 1;
        try {
            for (Name each : DirectoryAbove.namesOf(fd)) {
                Stat below = Posix.fstatat(fd, each.bytes());
                long id = objects.idOf(volume, fd, each, below);
                if (id == 0) {
                    removed += removeStranger(volume, fd, each, below);
                } else {
                    takeFrom(fd, each, id, null);
                }
            }
        } finally {
            Posix.close(fd);
        }
        Posix.rmdirat(directoryFd, name.bytes());
        return removed;
    }

    /** @param link by which the index may know the name; null where the directory is nobody's */
    private void takeFrom(int directoryFd, Name name, long id, @Nullable Link link) throws ErrnoException {
        try (Node object = nodes.pin(id)) {
            contents.keepingCtime(object, () -> staging().take(directoryFd, name, object));
            if (object.type == FileType.DIRECTORY) {
                identities.placed(object, null);
            } else if (link != null) {
                identities.unnamed(object, link);
            }
        }
    }

    /** Takes a name away; returns how many of nobody's files were removed by that. */
    int takeAway(Slot slot) throws ErrnoException {
        try (Node directory = nodes.pin(slot.directory())) {
            Stat stat = Identities.statOrNull(nodes.open(directory), slot.name());
            return stat == null
                    ? 0
                    : vacate(
                            directory,
                            slot.name(),
                            stat,
                            objects.idOf(directory.volume, nodes.open(directory), slot.name(), stat));
        }
    }

    /** Removes for good what was put aside and is not wanted; returns how many objects went. */
    int clear(LongPredicate wanted) throws ErrnoException {
        int gone = 0;
        Deque<Long> left = new ArrayDeque<>(staging().ids());
        while (!left.isEmpty()) {
            long id = left.remove();
            if (!wanted.test(id)) {
                empty(id, left);
                gone += removeAside(id) ? 1 : 0;
            }
        }
        if (staging().ids().isEmpty()) {
            staging().removeEmpty();
        }
        close();
        return gone;
    }

    /** Removes what lies aside and is nobody's; returns how many files that were. What is ours below it is put aside. */
    int clearStrays() throws ErrnoException {
        int removed = 0;
        for (Staging.Stray stray : staging().strays()) {
            Stat stat = Identities.statOrNull(stray.directoryFd(), stray.name());
            removed += stat == null ? 0 : removeStranger(stray.volume(), stray.directoryFd(), stray.name(), stat);
        }
        close();
        return removed;
    }

    /** True when it had no other name. */
    private boolean removeAside(long id) throws ErrnoException {
        boolean[] last = new boolean[1];
        try (Node node = objects.known(id)) {
            if (node == null) {
                return staging().remove(id);
            }
            contents.keepingCtime(node, () -> last[0] = staging().remove(id));
        }
        if (last[0]) {
            objects.gone(id);
        }
        return last[0];
    }

    /** What is in a directory that goes is put aside, and may be wanted. */
    private void empty(long id, Deque<Long> left) throws ErrnoException {
        try (Node node = objects.known(id)) {
            if (node == null || node.type != FileType.DIRECTORY) {
                return;
            }
            int fd = objects.listing(node);
            try {
                for (Name name : DirectoryAbove.namesOf(fd)) {
                    Stat stat = Posix.fstatat(fd, name.bytes());
                    long below = objects.idOf(node.volume, fd, name, stat);
                    if (below == 0) {
                        int unusedCount = removeStranger(node.volume, fd, name, stat);
                    } else {
                        takeFrom(fd, name, below, new Link(id, name));
                        left.add(below);
                    }
                }
            } finally {
                Posix.close(fd);
            }
        }
    }

    /** Lets go of what lies aside, where the next use finds it again. */
    void close() {
        Staging open = staging;
        staging = null;
        if (open != null) {
            open.close();
        }
    }
}
