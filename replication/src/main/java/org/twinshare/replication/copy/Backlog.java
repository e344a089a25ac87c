package org.twinshare.replication.copy;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Objects that something is to be done about. One that comes again while it is done is done once more. Thread-safe. */
final class Backlog {
    private final Set<Long> waiting = ConcurrentHashMap.newKeySet();
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();

    /** @param before those known before a restart */
    Backlog(Collection<Long> before) {
        waiting.addAll(before);
    }

    void add(long id) {
        waiting.add(id);
    }

    void addAll(Collection<Long> ids) {
        waiting.addAll(ids);
    }

    /** Those that it is to be done of now. */
    Set<Long> begin() {
        underWay.addAll(waiting);
        waiting.removeAll(underWay);
        return Set.copyOf(underWay);
    }

    /** It is done of them, or not of all of them. */
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
