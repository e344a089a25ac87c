package org.twinshare.replication.copy;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Files whose bytes have not all come. One that comes to miss something while it is fetched is fetched again. Thread-safe. */
final class FilesToFetch {
    private final Set<Long> waiting = ConcurrentHashMap.newKeySet();
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();

    /** @param before those known before a restart */
    FilesToFetch(Collection<Long> before) {
        waiting.addAll(before);
    }

    void add(long id) {
        waiting.add(id);
    }

    void addAll(Collection<Long> ids) {
        waiting.addAll(ids);
    }

    /** Those that are to be fetched now. */
    Set<Long> begin() {
        underWay.addAll(waiting);
        waiting.removeAll(underWay);
        return Set.copyOf(underWay);
    }

    /** They were fetched, or not all of them were. */
    void end(boolean done) {
        if (!done) {
            waiting.addAll(underWay);
        }
        underWay.clear();
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    boolean isEmpty() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    boolean contains(long id) {
        return waiting.contains(id) || underWay.contains(id);
    }

    Set<Long> all() {
        Set<Long> all = new HashSet<>(waiting);
        all.addAll(underWay);
        return all;
    }
}
