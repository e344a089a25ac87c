package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.Touched;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * The tree as a copy of another server's: names, bytes and attributes are put in as that server describes them. An object of
 * ours that loses a name is put aside and not removed, because it may get another one. Needs root. Thread-safe; nothing is
 * durable when a method returns.
 */
public final class TreeCopy {
    private final Nodes nodes;
    private final Roots roots;
    private final CopiedObjects objects;
    private final CopiedContents contents;
    /** Guarded by this. */
    private final CopiedNames names;

    TreeCopy(Nodes nodes, Identities identities, Making making, Roots roots, long cluster, SoundDisk disk) {
        this.nodes = nodes;
        this.roots = roots;
        objects = new CopiedObjects(nodes, cluster);
        contents = new CopiedContents(nodes, objects, disk);
        names = new CopiedNames(nodes, identities, making, roots, objects, contents);
    }

    /** How a name came to lead to its object. */
    public enum Placed {
        /** It did so before. */
        THERE,
        /** What had the name and was nobody's is the object now; its bytes may be other ones. */
        ADOPTED,
        /** The object had another name. */
        LINKED,
        /** A new object, without bytes. */
        MADE,
        /**
         * It does not: the object is a directory that holds the one with the name, which has left it on the other server. It
         * lies aside, and can be placed when that one, or one between them, was.
         */
        NOT_YET
    }

    /** How something here differs from what the other server describes. */
    public enum Difference {
        MISSING,
        /** Size or mtime of a regular file: so its bytes may differ too. */
        BYTES,
        /** Owner, mode, or a time. */
        ATTRIBUTES,
        NONE
    }

    /** Whether an object is here, under some name or put aside. */
    public synchronized boolean has(long id) throws ErrnoException {
        try (Node node = objects.known(id)) {
            return node != null;
        }
    }

    /** Whether an object is here and a directory. */
    public synchronized boolean isDirectory(long id) throws ErrnoException {
        try (Node node = objects.known(id)) {
            return node != null && node.type == FileType.DIRECTORY;
        }
    }

    /** Sees to it that a name leads to an object, which is made when it is not here. ESTALE when the directory is not here. */
    public synchronized Placed place(Slot slot, ObjectDescription wanted) throws ErrnoException {
        return names.place(slot, wanted);
    }

    /** Names in a directory here that the other server's has not. */
    public synchronized List<Name> surplus(long directory, Set<Name> wanted) throws ErrnoException {
        List<Name> surplus = new ArrayList<>();
        try (Node node = nodes.pin(directory)) {
            int fd = objects.listing(node);
            try {
                for (Name name : DirectoryAbove.namesOf(fd)) {
                    boolean ours = roots.isRoot(directory) && Staging.isNamed(name);
                    if (!ours && !wanted.contains(name)) {
                        surplus.add(name);
                    }
                }
            } finally {
                Posix.close(fd);
            }
        }
        return surplus;
    }

    /** Whose a name is here; 0 for nobody's. */
    public synchronized long at(Slot slot) throws ErrnoException {
        try (Node directory = nodes.pin(slot.directory())) {
            int fd = nodes.open(directory);
            Stat stat = Identities.statOrNull(fd, slot.name());
            return stat == null ? 0 : objects.idOf(directory.volume, fd, slot.name(), stat);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESTALE) {
                return 0;
            }
            throw e;
        }
    }

    /** Whether anything has a name here. */
    public boolean isTaken(Slot slot) throws ErrnoException {
        try (Node directory = nodes.pin(slot.directory())) {
            return Identities.statOrNull(nodes.open(directory), slot.name()) != null;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESTALE) {
                return false;
            }
            throw e;
        }
    }

    /** Takes a name away; returns how many of nobody's files were removed by that. */
    public synchronized int takeAway(Slot slot) throws ErrnoException {
        return names.takeAway(slot);
    }

    /** Removes for good what was put aside and is not wanted; returns how many objects went. */
    public synchronized int clear(LongPredicate wanted) throws ErrnoException {
        return names.clear(wanted);
    }

    /** Removes what lies aside and is nobody's, so that it is in nobody's way; returns how many files that were. */
    public synchronized int clearStrays() throws ErrnoException {
        return names.clearStrays();
    }

    /** Lets go of what lies aside, where the next use finds it again. */
    public synchronized void close() {
        names.close();
    }

    /** How an object differs from its description. */
    public Difference difference(ObjectDescription wanted) throws ErrnoException {
        return contents.difference(wanted);
    }

    /** In words, how its owner, mode and times differ. */
    public String differingAttributes(ObjectDescription wanted) throws ErrnoException {
        return contents.differingAttributes(wanted);
    }

    /** An object as it is here; null when it is not. */
    public @Nullable Touched touched(long id) throws ErrnoException {
        try (Node node = objects.known(id)) {
            return node == null ? null : Touching.of(id, Posix.fstat(nodes.open(node)));
        }
    }

    /** Size of a file here in bytes; 0 when it is not here. */
    public long sizeBytes(long id) throws ErrnoException {
        try (Node node = objects.known(id)) {
            return node == null ? 0 : Posix.fstat(nodes.open(node)).sizeBytes();
        }
    }

    /** Writes bytes from a direct buffer. */
    public void write(long id, long offsetBytes, ByteBuffer bytes) throws ErrnoException {
        contents.write(id, offsetBytes, bytes);
    }

    /**
     * Writes bytes from a direct buffer that nobody has committed; the times are those that clients see until then.
     *
     * @param mode     of the file afterwards, or {@link org.twinshare.filestore.Change#KEEP}
     * @param modifyNs mtime
     * @param changeNs our ctime, where it is not later already
     */
    public void writeUncommitted(long id, long offsetBytes, ByteBuffer bytes, int mode, long modifyNs, long changeNs)
            throws ErrnoException {
        contents.writeUncommitted(id, offsetBytes, bytes, mode, modifyNs, changeNs);
    }

    /** Bytes of a file are still to come: until {@link #dress} it has an mtime that says so, also to the next start. */
    public void unfinished(long id) throws ErrnoException {
        contents.unfinished(id);
    }

    /**
     * Puts the bytes of a file on disk. After EIO they must be compared with the disk ({@link #forgetCached}) before they are put there
     * again; after a second one nothing counts as on disk any more.
     */
    public void sync(long id) throws ErrnoException {
        contents.sync(id);
    }

    /**
     * The bytes of a file are read from the disk the next time, for who compares them: after a failed sync the kernel has in memory
     * what is not there.
     */
    public void forgetCached(long id) throws ErrnoException {
        contents.forgetCached(id);
    }

    /** Gives an object the owner, mode, size and times that it should have, and remembers our ctime. */
    public void dress(ObjectDescription wanted) throws ErrnoException {
        contents.dress(wanted);
    }

    /**
     * Bytes of a file became durable on the other server, which had been written before: it shows these times since then.
     *
     * @param modifyNs mtime
     * @param changeNs our ctime, where it is not later already
     */
    public void settled(long id, long modifyNs, long changeNs) throws ErrnoException {
        contents.settled(id, modifyNs, changeNs);
    }
}
