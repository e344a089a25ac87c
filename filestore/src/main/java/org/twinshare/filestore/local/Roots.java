package org.twinshare.filestore.local;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.RootRefused;
import org.twinshare.filestore.identity.Mark;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.identity.ObjectRecord;
import org.twinshare.filestore.posix.KernelHandle;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * The exported directories. Each is bound to the state at first use, by a mark on the directory and a fact in the index: an
 * unmounted disk, another directory or a lost state must not be taken for a tree in which everything was deleted.
 *
 * <pre>
 *  fact "root:PATH"   0        2               10       11
 *                     +--------+----------------+--------+
 *                     | volume | object id      | marked |
 *                     +--------+----------------+--------+
 *  fact "volume:ID"   0        4          ID is what statfs(2) says of the file system
 *                     +--------+
 *                     | volume |
 *                     +--------+
 * </pre>
 */
final class Roots {
    private static final Logger LOG = LoggerFactory.getLogger(Roots.class);
    private static final String NEXT_VOLUME = "next-volume";

    private final Nodes nodes;
    private final ObjectIndex index;
    private final long cluster;
    private final Map<Long, byte[]> roots = new ConcurrentHashMap<>();

    Roots(Nodes nodes, long cluster) {
        this.nodes = nodes;
        this.index = nodes.index();
        this.cluster = cluster;
    }

    /** Ids of the exported directories that are bound. */
    Set<Long> ids() {
        return Set.copyOf(roots.keySet());
    }

    /** The exported directories that are bound, with their paths. */
    List<TreeView.Root> bound() {
        return roots.entrySet().stream()
                .map(each -> new TreeView.Root(each.getKey(), each.getValue()))
                .toList();
    }

    boolean isRoot(long id) {
        return roots.containsKey(id);
    }

    /** @param marked the directory carries a mark, or it is another one */
    private record Binding(int volume, long id, boolean marked) {}

    /**
     * Opens an exported directory and returns its object id.
     *
     * @param adopt take the directory as it is, and give new ids to everything in it where it is not the one that is known
     * @param as    the id that its root has on the other server; 0 for one of our own
     */
    long bind(byte[] path, boolean adopt, long as) throws ErrnoException, RootRefused {
        int fd = Posix.openat2(Posix.AT_FDCWD, path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
        boolean bound = false;
        try {
            Stat stat = Posix.fstat(fd);
            String fact = "root:" + HexFormat.of().formatHex(path);
            Binding known = binding(fact);
            Mark mark = Mark.of(fd);
            String refused = known != null
                    ? refuseKnown(known, fd, stat, mark)
                    : isCopyOf(mark, as) ? null : refuseUnknown(stat, mark);
            if (refused != null && !adopt) {
                throw new RootRefused(refused);
            }
            if (refused != null) {
                LOG.warn("Adopting the directory although {}: every file in it gets a new identity", refused);
            }
            long id = known != null && refused == null && (as == 0 || as == known.id)
                    ? open(known, fd, stat, mark)
                    : begin(fact, fd, stat, as);
            bound = true;
            if (roots.put(id, path) == null) {
                Objects.requireNonNull(nodes.volumeOf(stat.device())).addExport();
            }
            return id;
        } finally {
            if (!bound) {
                Posix.close(fd);
            }
        }
    }

    /** The other server's disk was copied with everything on it. */
    private boolean isCopyOf(@Nullable Mark mark, long as) {
        return as != 0 && mark != null && mark.cluster() == cluster && mark.id() == as;
    }

    private @Nullable Binding binding(String fact) {
        byte[] value = index.fact(fact);
        if (value == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(value);
        return new Binding(bytes.getShort() & 0xffff, bytes.getLong(), bytes.get() != 0);
    }

    /** Why a directory that this state does not know should not be served; null when nothing is wrong. */
    private @Nullable String refuseUnknown(Stat stat, @Nullable Mark mark) {
        if (mark == null || mark.inode() != stat.inode()) {
            return null;
        }
        if (mark.cluster() != cluster) {
            return "it was served before with another state directory, which is not this one";
        }
        ObjectRecord record = index.get(mark.id());
        return record == null || record.inode() != stat.inode()
                ? "it was served before, and this state directory has lost what it knew of it"
                : null;
    }

    /** Why a directory that should be the one this state knows is not; null when it is. */
    private @Nullable String refuseKnown(Binding known, int fd, Stat stat, @Nullable Mark mark) throws ErrnoException {
        ObjectRecord record = index.get(known.id());
        boolean same = record != null && record.inode() == stat.inode() && record.birthNs() == stat.birthNs();
        // The roots of two disks have the same inode, and often a birth of the same second. Where the disk is the
        // same, another directory was copied into this one with all its attributes, and its mark with them.
        if (same && (isMark(known, mark) || numberOfFileSystem(fd) == known.volume)) {
            Volume served = nodes.volumeOf(stat.device());
            return served == null || served.number == known.volume
                    ? null
                    : "its file system was another one when it was served before than when its neighbour was";
        }
        return mark == null
                ? "it is not the directory that was served before: is its disk mounted?"
                : "it is another directory than the one that was served before under this path";
    }

    private boolean isMark(Binding known, @Nullable Mark mark) {
        return mark == null ? !known.marked : mark.cluster() == cluster && mark.id() == known.id();
    }

    private long open(Binding known, int fd, Stat stat, @Nullable Mark mark) throws ErrnoException {
        Volume unusedVolume = volume(known.volume(), fd, stat);
        if (known.marked && !isMark(known, mark)) {
            LOG.warn("The mark of an exported directory was overwritten, as rsync -X does it; it is written again");
            boolean unusedMarked = Mark.set(fd, new Mark(cluster, known.id, stat.inode()));
        }
        // Stays pinned, and its descriptor open, as long as the server runs.
        opened(nodes.pin(known.id()), fd);
        return known.id();
    }

    /** First use: remembers the directory on itself and in the index. */
    private long begin(String fact, int fd, Stat stat, long as) throws ErrnoException {
        Volume volume = volume(-1, fd, stat);
        ObjectRecord seen = as == 0 ? knownInode(volume, stat) : null;
        long id = seen != null ? seen.id() : as == 0 ? index.newId() : as;
        boolean marked = Mark.set(fd, new Mark(cluster, id, stat.inode()));
        Node node = seen == null
                ? nodes.made(volume, Identities.record(id, volume, fd, stat, null, stat.changeNs(), null))
                : nodes.pin(id);
        byte[] value = ByteBuffer.allocate(11)
                .putShort((short) volume.number)
                .putLong(id)
                .put((byte) (marked ? 1 : 0))
                .array();
        index.putFact(fact, value);
        index.flush(index.version());
        opened(node, fd);
        return id;
    }

    private void opened(Node root, int fd) throws ErrnoException {
        root.onOtherMount = root.handle != null && !isOnMountOfVolume(root, root.handle, fd);
        nodes.openedRoot(root, fd);
    }

    /** A container shows directories of one disk as mounts of their own, and a path means another place in each. */
    private static boolean isOnMountOfVolume(Node root, KernelHandle handle, int fd) throws ErrnoException {
        int onVolume = root.volume.open(handle, OpenFlags.O_PATH);
        try {
            return Arrays.equals(Posix.pathOf(fd), Posix.pathOf(onVolume));
        } finally {
            Posix.close(onVolume);
        }
    }

    private @Nullable ObjectRecord knownInode(Volume volume, Stat stat) {
        ObjectRecord record = index.find(volume.number, stat.inode());
        return record != null && record.birthNs() == stat.birthNs() ? record : null;
    }

    /**
     * The volume of a directory, which keeps its number whatever directory of it is bound first.
     *
     * @param known number that it had before, or -1
     */
    private Volume volume(int known, int fd, Stat stat) throws ErrnoException {
        Volume open = nodes.volumeOf(stat.device());
        if (open != null) {
            return open;
        }
        int number = known < 0 ? numberOf(fd) : known;
        index.putFact(
                factOfFileSystem(fd), ByteBuffer.allocate(4).putInt(number).array());
        Volume volume = new Volume(number, reopen(fd));
        nodes.addVolume(volume);
        return volume;
    }

    private static String factOfFileSystem(int fd) throws ErrnoException {
        return "volume:" + HexFormat.of().toHexDigits(Posix.fileSystemId(fd));
    }

    /** The number that the file system of an open directory had the last time; 0 where it is not known. */
    private int numberOfFileSystem(int fd) throws ErrnoException {
        byte[] value = index.fact(factOfFileSystem(fd));
        return value == null ? 0 : ByteBuffer.wrap(value).getInt();
    }

    private int numberOf(int fd) throws ErrnoException {
        int number = numberOfFileSystem(fd);
        // A copy of a disk has the same id, and when both are there only one can have the number.
        return number == 0 || nodes.volume(number) != null ? nextVolume() : number;
    }

    private static int reopen(int fd) throws ErrnoException {
        return Posix.openat(fd, new byte[] {'.'}, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
    }

    private int nextVolume() {
        byte[] value = index.fact(NEXT_VOLUME);
        int next = value == null ? 1 : ByteBuffer.wrap(value).getInt();
        index.putFact(NEXT_VOLUME, ByteBuffer.allocate(4).putInt(next + 1).array());
        return next;
    }
}
