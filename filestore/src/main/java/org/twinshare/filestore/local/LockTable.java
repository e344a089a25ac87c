package org.twinshare.filestore.local;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.twinshare.filestore.Name;

/**
 * Locks on directories, names and objects, held from the decision about a change until it was carried out, so that what
 * was decided stays true. All locks of a request are taken at once in one global order, so that none waits for another in
 * a circle. Thread-safe.
 */
final class LockTable {
    private final ConcurrentHashMap<Long, Entry> entries = new ConcurrentHashMap<>();

    /** A lock while anybody holds or wants it. {@code users} is changed under the map's lock of its key. */
    private static final class Entry {
        final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        int users;
    }

    /** The locks that a request needs; the same one shared and exclusively counts as exclusively. */
    static final class Claims {
        private final Map<Long, Boolean> exclusiveByKey = new TreeMap<>();

        /** Others may change entries of this directory too, and nobody may remove, move or SETATTR it. */
        Claims shareDirectory(long directory) {
            return add(objectKey(directory), false);
        }

        /** Nobody else decides about this name. */
        Claims takeName(long directory, Name name) {
            return add(nameKey(directory, name), true);
        }

        /** Nobody else changes the attributes or links of this object, or entries in it. */
        Claims takeObject(long object) {
            return add(objectKey(object), true);
        }

        /** Others may write data too, and nobody may SETATTR it. */
        Claims shareObject(long object) {
            return add(objectKey(object), false);
        }

        /** Nobody else moves a directory. */
        Claims takeTreeShape() {
            return add(0, true);
        }

        private Claims add(long key, boolean exclusive) {
            exclusiveByKey.merge(key, exclusive, Boolean::logicalOr);
            return this;
        }
    }

    private static long objectKey(long object) {
        return object * 2;
    }

    /** Two names with the same number share a lock, which only makes one of them wait. */
    private static long nameKey(long directory, Name name) {
        return (directory * 0x9e3779b97f4a7c15L ^ name.hashCode() * 0xc2b2ae3d27d4eb4fL) | 1;
    }

    /** Waits for all of the claims; close the result on the same thread. */
    Held acquire(Claims claims) {
        List<Long> keys = new ArrayList<>(claims.exclusiveByKey.size());
        List<Lock> locks = new ArrayList<>(claims.exclusiveByKey.size());
        claims.exclusiveByKey.forEach((key, exclusive) -> {
            ReentrantReadWriteLock lock = use(key).lock;
            Lock side = exclusive ? lock.writeLock() : lock.readLock();
            side.lock();
            keys.add(key);
            locks.add(side);
        });
        return new Held(keys, locks);
    }

    @SuppressWarnings("NullAway") // compute() gives what the function gave, which is never null here
    private Entry use(long key) {
        return entries.compute(key, (k, entry) -> {
            Entry used = entry == null ? new Entry() : entry;
            used.users++;
            return used;
        });
    }

    private void leave(Collection<Long> keys) {
        for (long key : keys) {
            entries.computeIfPresent(key, (k, entry) -> --entry.users == 0 ? null : entry);
        }
    }

    /** Number of locks that are held or waited for. */
    int size() {
        return entries.size();
    }

    /** The locks of one request. */
    final class Held implements AutoCloseable {
        private final List<Long> keys;
        private final List<Lock> locks;

        private Held(List<Long> keys, List<Lock> locks) {
            this.keys = keys;
            this.locks = locks;
        }

        @Override
        public void close() {
            for (int i = locks.size() - 1; i >= 0; i--) {
                locks.get(i).unlock();
            }
            leave(keys);
        }
    }
}
