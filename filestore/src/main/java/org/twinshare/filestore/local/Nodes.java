package org.twinshare.filestore.local;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.WouldBlock;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.identity.ObjectRecord;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * The objects in use, by id and by inode, over the index that knows them all; opens their descriptors and bounds how many
 * of both there are. Thread-safe.
 */
final class Nodes implements AutoCloseable {
    /** In one second: all of 4,096 open descriptors in eight, for a thousandth of a processor. */
    private static final int LOOKS_FOR_REMOVED = 512;

    private final ObjectIndex index;
    private volatile Discoveries discoveries;
    private final Map<Integer, Volume> volumes = new ConcurrentHashMap<>();
    private final Map<Long, Node> byId = new ConcurrentHashMap<>();
    private final Map<InodeKey, Node> byInode = new ConcurrentHashMap<>();
    private final Clock<Node> kept;
    private final Clock<Clock.Hand> open;
    /** What {@link #closeRemoved} has not looked at in this round. */
    private Iterator<Node> unlooked = Collections.emptyIterator();

    private record InodeKey(int volume, long inode) {}

    Nodes(ObjectIndex index, int maxNodes, int maxOpen) {
        this.index = index;
        discoveries = new IndexedDiscoveries(index);
        kept = new Clock<>(maxNodes);
        open = new Clock<>(maxOpen);
    }

    ObjectIndex index() {
        return index;
    }

    /** From now on somebody else sees to it that ids are kept. */
    void discoveries(Discoveries other) {
        discoveries = other;
    }

    /** Makes durable what must be before a client hears of this object. */
    void requireShown(Node node) throws ErrnoException {
        long number = node.shownAfter;
        if (!discoveries.isKept(number)) {
            discoveries.keep(number);
        }
    }

    Discoveries discoveries() {
        return discoveries;
    }

    /** Keeps what is now known of an object. */
    void changed(Node node) {
        node.shownAfter = discoveries.changed(index.put(node.record()));
    }

    void addVolume(Volume volume) {
        volumes.put(volume.number, volume);
    }

    /** The volume that is mounted as this device, or null. */
    @Nullable Volume volumeOf(long device) {
        for (Volume volume : volumes.values()) {
            if (volume.device == device) {
                return volume;
            }
        }
        return null;
    }

    Collection<Volume> volumes() {
        return volumes.values();
    }

    @Nullable Volume volume(int number) {
        return volumes.get(number);
    }

    int size() {
        return kept.size();
    }

    /** The object of an id, pinned; ESTALE when there is none. */
    Node pin(long id) throws ErrnoException {
        while (true) {
            Node node = byId.get(id);
            if (node == null) {
                node = load(index.get(id));
            }
            if (node.pin()) {
                return node;
            }
            byId.remove(id, node);
        }
    }

    /** Gives an exported directory its descriptor, which stays open as long as it is served. */
    void openedRoot(Node node, int fd) {
        synchronized (node) {
            if (node.pathFd >= 0) {
                Posix.close(fd);
            } else {
                node.pathFd = fd;
            }
        }
    }

    /** The object of an id where it is in memory, not pinned, or null. */
    @Nullable Node peek(long id) {
        return byId.get(id);
    }

    /** As {@link #pin}, but {@link WouldBlock} where it is not in memory with a descriptor. */
    Node pinCached(long id) {
        Node node = byId.get(id);
        if (node == null || !node.pin()) {
            throw WouldBlock.INSTANCE;
        }
        if (node.pathFd < 0 || !discoveries.isKept(node.shownAfter)) {
            node.close();
            throw WouldBlock.INSTANCE;
        }
        return node;
    }

    /** As {@link #pinByInode}, but {@link WouldBlock} where it is not in memory. */
    Node pinCachedByInode(Volume volume, Stat stat) {
        Node node = byInode.get(new InodeKey(volume.number, stat.inode()));
        if (node == null || stat.device() != volume.device || !node.is(stat) || !node.pin()) {
            throw WouldBlock.INSTANCE;
        }
        if (!discoveries.isKept(node.shownAfter)) {
            node.close();
            throw WouldBlock.INSTANCE;
        }
        return node;
    }

    /** Whether {@link #pinByInode} has an object for it. */
    boolean isKnown(Volume volume, Stat stat) throws ErrnoException {
        try (Node known = pinByInode(volume, stat)) {
            return known != null;
        }
    }

    /** The object of an inode, pinned; null when it was never seen, or when the inode belongs to another object now. */
    @Nullable Node pinByInode(Volume volume, Stat stat) throws ErrnoException {
        while (true) {
            Node node = byInode.get(new InodeKey(volume.number, stat.inode()));
            if (node == null || !node.is(stat)) {
                ObjectRecord record = index.find(volume.number, stat.inode());
                if (record == null || record.birthNs() != stat.birthNs() || record.type() != stat.type()) {
                    return null;
                }
                node = load(record);
            }
            if (node.pin()) {
                return node;
            }
            byId.remove(node.id, node);
            byInode.remove(new InodeKey(volume.number, node.inode), node);
        }
    }

    /** The node of a record, not pinned for the caller. */
    private Node load(@Nullable ObjectRecord record) throws ErrnoException {
        if (record == null) {
            throw new ErrnoException(Errno.ESTALE, "no object has this id");
        }
        Volume volume = volumes.get(record.volume());
        if (volume == null) {
            throw new ErrnoException(Errno.ESTALE, "no export lies on the file system of this object");
        }
        Node made = new Node(this, volume, record);
        if (index.isPending(record.id())) {
            made.shownAfter = discoveries.loaded(index.version());
        }
        Node before = byId.putIfAbsent(record.id(), made);
        if (before != null) {
            return before;
        }
        byInode.put(new InodeKey(volume.number, made.inode), made);
        kept.add(made);
        made.close();
        return made;
    }

    /** Takes in an object that was seen for the first time; pinned for the caller. */
    Node found(Volume volume, ObjectRecord record) {
        return add(volume, record, discoveries.found(record, index.put(record)));
    }

    /** Takes in an object that was just made; pinned for the caller. */
    Node made(Volume volume, ObjectRecord record) {
        return add(volume, record, discoveries.changed(index.put(record)));
    }

    private Node add(Volume volume, ObjectRecord record, long shownAfter) {
        Node made = new Node(this, volume, record);
        made.shownAfter = shownAfter;
        byId.put(record.id(), made);
        byInode.put(new InodeKey(volume.number, made.inode), made);
        kept.add(made);
        return made;
    }

    /** Removes it from the maps; called when it leaves the cache, and when its object is gone. */
    void forget(Node node) {
        byId.remove(node.id, node);
        byInode.remove(new InodeKey(node.volume.number, node.inode), node);
    }

    /** A descriptor of the object itself: O_PATH, or O_RDONLY for a directory. Good while the node is pinned. */
    int open(Node node) throws ErrnoException {
        int fd = node.pathFd;
        if (fd >= 0) {
            return fd;
        }
        if (node.gone) {
            throw new ErrnoException(Errno.ESTALE, "removed");
        }
        synchronized (node) {
            if (node.pathFd < 0) {
                node.pathFd = node.handle == null ? openByName(node) : openByHandle(node);
                open.add(node.descriptorHand());
            }
            return node.pathFd;
        }
    }

    /** Takes over the descriptor that an object was made with; somebody may have found it and opened it meanwhile. */
    void opened(Node node, int fd, boolean forData) {
        boolean first;
        synchronized (node) {
            first = node.pathFd < 0;
            boolean kept = first || forData && node.writeFd < 0;
            if (!kept) {
                Posix.close(fd);
                return;
            }
            node.writeFd = forData ? fd : -1;
            if (first) {
                node.pathFd = fd;
            }
        }
        if (first) {
            open.add(node.descriptorHand());
        }
    }

    private int openByHandle(Node node) throws ErrnoException {
        Volume volume = node.volume;
        int flags = flags(node.type);
        try {
            return volume.open(Objects.requireNonNull(node.handle), flags);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESTALE || e.errno() == Errno.ENOENT) {
                throw new ErrnoException(Errno.ESTALE, "the object was removed");
            }
            throw e;
        }
    }

    private static int flags(FileType type) {
        return type == FileType.DIRECTORY ? OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY : OpenFlags.O_PATH;
    }

    private int openByName(Node node) throws ErrnoException {
        Link link = node.link;
        if (link != null) {
            int fd = openLink(node, link);
            if (fd >= 0) {
                return fd;
            }
        }
        for (Link other : index.otherLinks(node.id)) {
            int fd = openLink(node, other);
            if (fd >= 0) {
                return fd;
            }
        }
        throw new ErrnoException(Errno.ESTALE, "the object has none of the names that are known");
    }

    /** The descriptor of the object under this name; -1 when the name is not its own any more. */
    private int openLink(Node node, Link link) throws ErrnoException {
        try (Node directory = pin(link.directory())) {
            int fd = Posix.openat(open(directory), link.name().bytes(), flagsWithoutRights(node.type), 0);
            if (node.is(Posix.fstat(fd))) {
                return fd;
            }
            Posix.close(fd);
            return -1;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ESTALE) {
                return -1;
            }
            throw e;
        }
    }

    private static int flagsWithoutRights(FileType type) {
        return type == FileType.DIRECTORY ? OpenFlags.O_PATH | OpenFlags.O_DIRECTORY : OpenFlags.O_PATH;
    }

    /** A descriptor for reading the bytes of a regular file. Good while the node is pinned. */
    int openForRead(Node node) throws ErrnoException {
        if (node.writeFd >= 0) {
            return node.writeFd;
        }
        if (node.readFd >= 0) {
            return node.readFd;
        }
        int path = open(node);
        synchronized (node) {
            if (node.readFd < 0) {
                node.readFd = Posix.reopen(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
            }
            return node.readFd;
        }
    }

    /** A descriptor for reading and writing the bytes of a regular file. Good while the node is pinned. */
    int openForWrite(Node node) throws ErrnoException {
        if (node.writeFd >= 0) {
            return node.writeFd;
        }
        int path = open(node);
        synchronized (node) {
            if (node.writeFd < 0) {
                node.writeFd = Posix.reopen(path, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK);
            }
            return node.writeFd;
        }
    }

    /**
     * Closes the descriptors of objects that lost their last name behind our back, so that their space is freed. Looks at some of
     * those that are open, and at the next ones when it is called again; by one thread.
     */
    int closeRemoved() {
        int closed = 0;
        if (!unlooked.hasNext()) {
            unlooked = byId.values().iterator();
        }
        for (int looks = 0; looks < LOOKS_FOR_REMOVED && unlooked.hasNext(); ) {
            Node node = unlooked.next();
            if (node.pathFd >= 0) {
                looks++;
                closed += closeIfRemoved(node) ? 1 : 0;
            }
        }
        return closed;
    }

    private static boolean closeIfRemoved(Node node) {
        int fd = node.pathFd;
        if (!node.pin()) {
            return false;
        }
        boolean removed;
        try {
            removed = fd >= 0 && node.pathFd == fd && Posix.fstat(fd).links() == 0;
        } catch (ErrnoException e) {
            removed = true;
        } finally {
            node.close();
        }
        return removed && node.closeDescriptors();
    }

    /** Closes everything; nobody may be using it any more. */
    @Override
    public void close() {
        byId.values().forEach(Node::closeForGood);
        volumes.values().forEach(Volume::close);
    }
}
