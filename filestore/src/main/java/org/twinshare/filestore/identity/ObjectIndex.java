package org.twinshare.filestore.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.lmdb.LmdbException;

/**
 * Finds objects by id and by inode. Changes are seen at once and are durable after {@link #flush}; threads that flush at
 * the same time share one commit. Thread-safe.
 */
public final class ObjectIndex implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectIndex.class);
    private static final PendingChanges NONE = new PendingChanges();
    private static final byte[] PRESENT = {1};
    /** Ids from this number on were never given, whatever of the changes before a crash is lost. */
    private static final String NEXT_ID = "next-id";
    /** So many ids are set aside at a time, so that giving one does not wait for the disk. */
    private static final long ID_BLOCK = 1 << 16;
    /** Low bits of an id, which count: at 50,000 ids a second for eleven years. The epoch less one is above them. */
    private static final int COUNTER_BITS = 44;

    private static final long COUNTER = (1L << COUNTER_BITS) - 1;
    /** The last that still makes a positive id. */
    public static final int MAX_EPOCH = 1 << (Long.SIZE - 1 - COUNTER_BITS);

    private final IndexFile file;
    private final ReentrantLock flushing = new ReentrantLock();
    private final Object writing = new Object();

    /** Not in the file. Replaced, under {@code writing}, when a flush begins. */
    private volatile PendingChanges pending = new PendingChanges();
    /** On the way into the file; looked at after {@code pending} and before the file, so that nothing is ever missed. */
    private volatile PendingChanges leaving = NONE;

    private long version;
    private volatile long flushedVersion;
    private long nextId;
    /** How many ids a commit sets aside. */
    private long ahead = ID_BLOCK;
    /** As the file has it: ids below may be given. */
    private volatile long setAside;

    private ObjectIndex(IndexFile file) {
        this.file = file;
        Long stored = file.get(factKey(NEXT_ID), ByteBuffer::getLong);
        nextId = stored == null ? 1 : stored;
        setAside = nextId;
    }

    /** Opens the index in a directory, or makes an empty one. */
    public static ObjectIndex open(Path directory) throws IOException {
        return new ObjectIndex(new IndexFile(directory));
    }

    /** The object of this id, or null. */
    public @Nullable ObjectRecord get(long id) {
        Optional<ObjectRecord> known = pending.objects.get(id);
        if (known == null) {
            known = leaving.objects.get(id);
        }
        if (known != null) {
            return known.orElse(null);
        }
        return file.get(Key.of(Table.OBJECTS, id), value -> ObjectRecord.decode(id, value));
    }

    /** The object that was last seen under this inode number, or null. The caller compares the time of birth. */
    public @Nullable ObjectRecord find(int volume, long inode) {
        PendingChanges.InodeKey key = new PendingChanges.InodeKey(volume, inode);
        Long id = pending.inodes.get(key);
        if (id == null) {
            id = leaving.inodes.get(key);
        }
        if (id == null) {
            id = file.get(Key.ofInode(volume, inode), ByteBuffer::getLong);
        }
        return id == null || id == 0 ? null : get(id);
    }

    /**
     * A new id, never given before, and never given again, also when a crash takes everything that was put under it. ENOSPC
     * when the epoch has no more.
     */
    public long newId() throws ErrnoException {
        while (true) {
            long waitsFor;
            synchronized (writing) {
                if ((nextId & COUNTER) == 0) {
                    throw new ErrnoException(
                            Errno.ENOSPC, "every id of this epoch is given: a switchover begins another");
                }
                if (nextId < setAside) {
                    return nextId++;
                }
                waitsFor = ++version;
            }
            flush(waitsFor);
        }
    }

    /**
     * Ids are remembered by somebody else from now on: none is set aside in the file, and the next one is after this one, and
     * after all that were given before.
     */
    public void continueIdsAfter(long last) {
        synchronized (writing) {
            nextId = Math.max(nextId, last + 1);
            setAside = Long.MAX_VALUE;
            ahead = 0;
        }
    }

    /**
     * Ids that are given from now on are of this epoch: the epoch less one in the bits above the counter, so that the first
     * one gives plain numbers. Whatever a server gave in an earlier epoch, and lost with it, none of these is the same.
     *
     * @param epoch 1 to {@link #MAX_EPOCH}; nothing happens in one that has begun
     */
    public void beginEpoch(int epoch) {
        if (epoch < 1 || epoch > MAX_EPOCH) {
            throw new IllegalArgumentException("ids cannot be given in epoch " + epoch);
        }
        synchronized (writing) {
            nextId = Math.max(nextId, ((epoch - 1L) << COUNTER_BITS) + 1);
        }
    }

    /**
     * Adds an object or replaces what is kept about it; its id, whoever gave it, is not given again. Returns the version to
     * flush to for it to be durable.
     */
    public long put(ObjectRecord record) {
        synchronized (writing) {
            nextId = Math.max(nextId, record.id() + 1);
            pending.objects.put(record.id(), Optional.of(record));
            pending.inodes.put(new PendingChanges.InodeKey(record.volume(), record.inode()), record.id());
            return ++version;
        }
    }

    /** Forgets an object and all its names. Returns the version to flush to. */
    public long remove(ObjectRecord record) {
        List<Link> links = otherLinks(record.id());
        synchronized (writing) {
            PendingChanges.InodeKey inode = new PendingChanges.InodeKey(record.volume(), record.inode());
            ObjectRecord current = find(record.volume(), record.inode());
            if (current == null || current.id() == record.id()) {
                pending.inodes.put(inode, 0L);
            }
            pending.objects.put(record.id(), Optional.empty());
            links.forEach(link -> putOther(linkKey(record.id(), link), Optional.empty()));
            return ++version;
        }
    }

    /** The names of an object beside the one in its record. */
    public List<Link> otherLinks(long id) {
        List<Link> links = new ArrayList<>();
        for (Key key : keys(Key.of(Table.LINKS, id))) {
            ByteBuffer bytes = ByteBuffer.wrap(key.bytes(), 8, key.bytes().length - 8);
            links.add(new Link(bytes.getLong(), ObjectRecord.decodeName(bytes, bytes.remaining())));
        }
        return links;
    }

    /** Whether it is one of the names of an object beside the one in its record. */
    public boolean hasLink(long id, Link link) {
        return other(linkKey(id, link)) != null;
    }

    private NavigableSet<Key> keys(Key prefix) {
        NavigableSet<Key> keys = new TreeSet<>();
        // Taken in the order of get: what is on its way from one to the next meanwhile is found in one of them.
        PendingChanges newest = pending;
        PendingChanges newer = leaving;
        file.scan(prefix, keys::add);
        overlay(newer, prefix, keys);
        overlay(newest, prefix, keys);
        return keys;
    }

    private static void overlay(PendingChanges changes, Key prefix, NavigableSet<Key> keys) {
        changes.others.tailMap(prefix).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .forEach(entry -> {
                    if (entry.getValue().isPresent()) {
                        keys.add(entry.getKey());
                    } else {
                        keys.remove(entry.getKey());
                    }
                });
    }

    private static Key linkKey(long id, Link link) {
        return Key.of(Table.LINKS, link.name().bytes(), id, link.directory());
    }

    /** Adds a name beside the one in the object's record. */
    public void addLink(long id, Link link) {
        other(linkKey(id, link), Optional.of(PRESENT));
    }

    /** Removes a name beside the one in the object's record. */
    public void removeLink(long id, Link link) {
        other(linkKey(id, link), Optional.empty());
    }

    /** The cookie of a name whose own was taken, or null. */
    public @Nullable Long cookie(long directory, Name name) {
        byte[] value = other(Key.of(Table.COOKIES, name.bytes(), directory));
        return value == null ? null : ByteBuffer.wrap(value).getLong();
    }

    /** The cookies of all names of a directory whose own were taken; of most directories none. */
    public Map<Name, Long> cookies(long directory) {
        Map<Name, Long> cookies = new HashMap<>();
        for (Key key : keys(Key.of(Table.COOKIES, directory))) {
            ByteBuffer bytes = ByteBuffer.wrap(key.bytes(), 8, key.bytes().length - 8);
            Name name = ObjectRecord.decodeName(bytes, bytes.remaining());
            Long cookie = cookie(directory, name);
            if (cookie != null) {
                cookies.put(name, cookie);
            }
        }
        return cookies;
    }

    /** Keeps the cookie of a name whose own was taken. */
    public void putCookie(long directory, Name name, long cookie) {
        byte[] value = ByteBuffer.allocate(8).putLong(cookie).array();
        other(Key.of(Table.COOKIES, name.bytes(), directory), Optional.of(value));
    }

    /** A fact by its name, or null. */
    public byte @Nullable [] fact(String name) {
        return other(factKey(name));
    }

    /** Keeps a fact. */
    public void putFact(String name, byte[] value) {
        other(factKey(name), Optional.of(value));
    }

    private static Key factKey(String name) {
        return new Key(Table.FACTS, name.getBytes(UTF_8));
    }

    private byte @Nullable [] other(Key key) {
        Optional<byte[]> known = pending.others.get(key);
        if (known == null) {
            known = leaving.others.get(key);
        }
        if (known != null) {
            return known.orElse(null);
        }
        return file.get(key, value -> {
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            return bytes;
        });
    }

    private void other(Key key, Optional<byte[]> value) {
        synchronized (writing) {
            putOther(key, value);
            version++;
        }
    }

    private void putOther(Key key, Optional<byte[]> value) {
        pending.others.put(key, value);
    }

    /** The version that everything put so far has. */
    public long version() {
        synchronized (writing) {
            return version;
        }
    }

    /** Whether anything about an object waits for a flush. */
    public boolean isPending(long id) {
        return pending.objects.containsKey(id) || leaving.objects.containsKey(id);
    }

    /** Everything up to this version is on disk. */
    public long flushedVersion() {
        return flushedVersion;
    }

    /** Makes everything up to a version durable; ENOSPC or EIO where the disk does not take it, and then it waits for another try. */
    public void flush(long upTo) throws ErrnoException {
        if (flushedVersion >= upTo) {
            return;
        }
        flushing.lock();
        try {
            if (flushedVersion < upTo) {
                commit(ahead);
            }
        } finally {
            flushing.unlock();
        }
    }

    private void commit(long further) throws ErrnoException {
        long committing;
        long upTo;
        synchronized (writing) {
            committing = version;
            upTo = nextId + further;
            byte[] next = ByteBuffer.allocate(8).putLong(upTo).array();
            pending.others.put(factKey(NEXT_ID), Optional.of(next));
            leaving = pending;
            pending = new PendingChanges();
        }
        try {
            file.commit(leaving);
        } catch (LmdbException failure) {
            takeBack();
            throw new ErrnoException(errno(failure), "commit of the index: " + failure.getMessage());
        }
        if (further > 0) {
            setAside = upTo;
        }
        flushedVersion = committing;
        leaving = NONE;
    }

    /** A full disk may have room again, and nothing is lost until then. */
    private static Errno errno(LmdbException failure) {
        boolean full = failure.code() == Errno.ENOSPC.number();
        if (!full) {
            LOG.error("Cannot write the index of files: {}", failure.getMessage());
        }
        return full ? Errno.ENOSPC : Errno.EIO;
    }

    /** The file took nothing: what was on its way waits again, behind what came meanwhile. */
    private void takeBack() {
        synchronized (writing) {
            leaving.objects.forEach(pending.objects::putIfAbsent);
            leaving.inodes.forEach(pending.inodes::putIfAbsent);
            leaving.others.forEach(pending.others::putIfAbsent);
            leaving = NONE;
        }
    }

    /** Number of changes that wait for a flush. */
    public int pendingChanges() {
        PendingChanges waiting = pending;
        PendingChanges underWay = leaving;
        // A flush may begin between the two looks: then both are the same, and would be counted twice.
        return waiting == underWay ? waiting.size() : waiting.size() + underWay.size();
    }

    /** Number of objects that the file knows. */
    public long objects() {
        return file.objects();
    }

    @Override
    public void close() {
        flushing.lock();
        try {
            commit(0);
        } catch (ErrnoException e) {
            LOG.error("Ids of files that were seen since the last commit are lost");
        } finally {
            flushing.unlock();
            file.close();
        }
    }
}
