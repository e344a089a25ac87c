package org.twinshare.filestore.identity;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Changes of the index that are not in its file yet: what is removed is kept as an empty value. Read by any thread, written
 * under the lock of {@link ObjectIndex}.
 */
final class PendingChanges {
    final Map<Long, Optional<ObjectRecord>> objects = new ConcurrentHashMap<>();
    /** Object id by inode key; 0 where the inode's object is gone. */
    final Map<InodeKey, Long> inodes = new ConcurrentHashMap<>();

    final ConcurrentSkipListMap<Key, Optional<byte[]>> others = new ConcurrentSkipListMap<>();

    record InodeKey(int volume, long inode) implements Comparable<InodeKey> {
        @Override
        public int compareTo(InodeKey other) {
            int byVolume = Integer.compare(volume, other.volume);
            return byVolume != 0 ? byVolume : Long.compare(inode, other.inode);
        }
    }

    boolean isEmpty() {
        return objects.isEmpty() && inodes.isEmpty() && others.isEmpty();
    }

    int size() {
        return objects.size() + others.size();
    }
}
