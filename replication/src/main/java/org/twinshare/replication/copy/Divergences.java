package org.twinshare.replication.copy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Objects that are not here what the record that touched them says they are on the primary, and what came of looking at them.
 * Thread-safe.
 */
public final class Divergences {
    /** No more are kept, so that a tree that is wrong everywhere fills no memory: that is for a whole comparison. */
    private static final int MAX_WAITING = 1_000;

    /** To be looked at, with the record that told; guarded by this. */
    private final Map<Long, Long> waiting = new LinkedHashMap<>();

    private volatile State state = new State(0, 0, 0, "");

    /**
     * What was found since the start.
     *
     * @param suspected  how often a record showed something that may be a difference
     * @param found      objects that differed, and were made the same
     * @param lastRecord that showed the last of them
     * @param last       how that one differed; empty when there is none
     */
    public record State(long suspected, long found, long lastRecord, String last) {}

    public State state() {
        return state;
    }

    /** After a record these are not as it says. That is no difference yet: a later change may be here already. */
    synchronized void suspect(Collection<Long> ids, long sequence) {
        state = new State(state.suspected + 1, state.found, state.lastRecord, state.last);
        for (long id : ids) {
            if (waiting.size() < MAX_WAITING) {
                waiting.putIfAbsent(id, sequence);
            }
        }
    }

    synchronized boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Those that nobody looks at yet, with the record that told. */
    synchronized Map<Long, Long> take() {
        Map<Long, Long> all = new LinkedHashMap<>(waiting);
        waiting.clear();
        return all;
    }

    /** One did differ. */
    synchronized void found(long sequence, String how) {
        state = new State(state.suspected, state.found + 1, sequence, how);
    }
}
