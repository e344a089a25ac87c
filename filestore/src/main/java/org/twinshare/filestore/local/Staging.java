package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.posix.Dents;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Where {@link Reconcile} puts objects whose names change hands: a directory in an exported one, on the same file system, in
 * which each is named by its id. It is there during a reconciliation only. Not thread-safe.
 */
final class Staging implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);
    private static final String SHOWN = ".twinshare-recovery";
    private static final byte[] NAME = SHOWN.getBytes(US_ASCII);
    private static final int OWNER_ONLY = 0700;

    private final Nodes nodes;
    private final Set<Long> roots;
    private final Runnable beforeEach;
    /** Descriptor by volume number. */
    private final Map<Integer, Integer> open = new HashMap<>();

    /** What lies here, by id: the number of its file system, and whether it is a directory. */
    private final Map<Long, Held> held = new LinkedHashMap<>();

    private final Set<Long> kept = new HashSet<>();
    private final List<Stray> strays = new ArrayList<>();

    /** Something that lies here and is not named as an object of ours is; the descriptor is that of the directory. */
    record Stray(Volume volume, int directoryFd, Name name) {}

    private record Held(Volume volume, boolean isDirectory) {}

    Staging(Nodes nodes, Set<Long> roots, Runnable beforeEach) {
        this.beforeEach = beforeEach;
        this.nodes = nodes;
        this.roots = roots;
    }

    /** Something in the staging directory, left by a reconciliation that did not end. */
    interface Seen {
        /** Its id; 0 when it belongs to nothing that is known. */
        long seen(Volume volume, int directoryFd, Name name, Stat stat) throws ErrnoException;
    }

    /** Looks at what an interrupted reconciliation left behind. */
    void entries(Seen seen) throws ErrnoException {
        for (Volume volume : nodes.volumes()) {
            int fd = directory(volume, false);
            if (fd < 0) {
                continue;
            }
            for (Name name : names(fd)) {
                Stat stat = Posix.fstatat(fd, name.bytes());
                long id = seen.seen(volume, fd, name, stat);
                if (Arrays.equals(name.bytes(), hex(id))) {
                    held.put(id, new Held(volume, stat.type() == FileType.DIRECTORY));
                } else {
                    strays.add(new Stray(volume, fd, name));
                    LOG.warn("{} in {} belongs to nothing that is known; only a whole copy removes it", name, SHOWN);
                }
            }
        }
    }

    private static List<Name> names(int directoryFd) throws ErrnoException {
        int fd = Posix.openat(directoryFd, new byte[] {'.'}, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
        try {
            List<byte[]> entries = new ArrayList<>();
            Dents.readAll(
                    fd, (bytes, offset, length) -> entries.add(Arrays.copyOfRange(bytes, offset, offset + length)));
            List<Name> names = new ArrayList<>();
            for (byte[] entry : entries) {
                names.add(Name.of(entry, 0, entry.length));
            }
            return names;
        } finally {
            Posix.close(fd);
        }
    }

    boolean holds(long id) {
        return held.containsKey(id);
    }

    /** Takes a name away from an object, which stays here if that was its last one. */
    void take(Node from, Name name, Node object) throws ErrnoException {
        take(nodes.open(from), name, object);
    }

    /** The same, from an open directory. */
    void take(int fromFd, Name name, Node object) throws ErrnoException {
        beforeEach.run();
        if (held.containsKey(object.id)) {
            Posix.unlinkat(fromFd, name.bytes());
            return;
        }
        int fd = directory(object.volume, true);
        Posix.renameat2(fromFd, name.bytes(), fd, hex(object.id), Posix.RENAME_NOREPLACE);
        held.put(object.id, new Held(object.volume, object.type == FileType.DIRECTORY));
    }

    /** Ids of what lies here. */
    Set<Long> ids() {
        return Set.copyOf(held.keySet());
    }

    /** What lay here before and belongs to nothing that is known. */
    List<Stray> strays() {
        return List.copyOf(strays);
    }

    /** Whether this is the staging directory of the exported directory that holds it. */
    static boolean isNamed(Name name) {
        return Arrays.equals(name.bytes(), NAME);
    }

    /** Removes what lies here, where it is no directory or an empty one; true when it had no other name. */
    boolean remove(long id) throws ErrnoException {
        Held object = held.get(id);
        boolean gone = object != null && remove(id, object);
        held.remove(id);
        return gone;
    }

    /** What has no place to go to stays here. */
    void keep(long id) {
        kept.add(id);
    }

    /** Gives an object a name; what is not a directory stays here too until the end, because it may get more of them. */
    void give(Node object, Node to, Name name) throws ErrnoException {
        beforeEach.run();
        if (object.type != FileType.DIRECTORY) {
            object.volume.linkat(nodes.open(object), nodes.open(to), name.bytes());
            return;
        }
        int fd = directory(object.volume, true);
        Posix.renameat2(fd, hex(object.id), nodes.open(to), name.bytes(), Posix.RENAME_NOREPLACE);
        held.remove(object.id);
    }

    /** Removes what has no name elsewhere any more, and the directory itself; returns how many objects went for good. */
    int clear() throws ErrnoException {
        int gone = 0;
        // What was put in last may have been the place of what was put in first.
        for (Map.Entry<Long, Held> each : new ArrayList<>(held.entrySet()).reversed()) {
            if (!kept.contains(each.getKey()) && remove(each.getKey(), each.getValue())) {
                gone++;
            }
        }
        removeEmpty();
        return gone;
    }

    /** Removes the directory itself where nothing is in it. */
    void removeEmpty() throws ErrnoException {
        for (Volume volume : nodes.volumes()) {
            try (Node root = rootOf(volume)) {
                if (root != null && open.containsKey(volume.number)) {
                    unnoticed(root, this::removeDirectory);
                }
            }
        }
    }

    private interface RootChange {
        void apply(int rootFd) throws ErrnoException;
    }

    /** The exported directory keeps its mtime and our ctime: clients see nothing of what is done here. */
    private void unnoticed(Node root, RootChange change) throws ErrnoException {
        int fd = nodes.open(root);
        synchronized (root) {
            Stat before = Posix.fstat(fd);
            change.apply(fd);
            if (root.volume.givesAway()) {
                Posix.utimens(fd, Posix.OMIT, before.modifyNs());
            }
            if (root.times.localChangeNs() == before.changeNs()) {
                root.times =
                        new Node.Times(root.times.changeNs(), Posix.fstat(fd).changeNs(), false);
                nodes.changed(root);
            }
        }
    }

    private static void makeDirectory(int rootFd) throws ErrnoException {
        try {
            Posix.mkdirat(rootFd, NAME, OWNER_ONLY);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    private void removeDirectory(int rootFd) throws ErrnoException {
        beforeEach.run();
        try {
            Posix.rmdirat(rootFd, NAME);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOTEMPTY) {
                throw e;
            }
            LOG.warn("{} in the exported directory holds what has no place any more; look at it, and remove it", SHOWN);
        }
    }

    /** True when the object is gone, and false when it has other names, or holds what nobody knows. */
    private boolean remove(long id, Held object) throws ErrnoException {
        beforeEach.run();
        int fd = directory(object.volume, true);
        byte[] here = hex(id);
        if (!object.isDirectory) {
            boolean last = Posix.fstatat(fd, here).links() <= 1;
            Posix.unlinkat(fd, here);
            return last;
        }
        try {
            Posix.rmdirat(fd, here);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOTEMPTY) {
                throw e;
            }
            return false;
        }
    }

    private static byte[] hex(long id) {
        return HexFormat.of().toHexDigits(id).getBytes(US_ASCII);
    }

    /** Descriptor of the staging directory of a file system; -1 where there is none and none is to be made. */
    private int directory(Volume volume, boolean make) throws ErrnoException {
        Integer known = open.get(volume.number);
        if (known != null) {
            return known;
        }
        try (Node root = rootOf(volume)) {
            if (root == null) {
                return -1;
            }
            if (make) {
                unnoticed(root, Staging::makeDirectory);
            }
            int fd = Posix.openat(nodes.open(root), NAME, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
            open.put(volume.number, fd);
            return fd;
        } catch (ErrnoException e) {
            if (!make && e.errno() == Errno.ENOENT) {
                return -1;
            }
            throw e;
        }
    }

    /** The exported directory with the smallest id on a file system, pinned; null when none is bound there. */
    private @Nullable Node rootOf(Volume volume) throws ErrnoException {
        for (long id : roots.stream().sorted().toList()) {
            Node root = nodes.pin(id);
            if (root.volume == volume) {
                return root;
            }
            root.close();
        }
        return null;
    }

    @Override
    public void close() {
        open.values().forEach(Posix::close);
        open.clear();
    }
}
