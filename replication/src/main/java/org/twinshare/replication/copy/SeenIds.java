package org.twinshare.replication.copy;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Ids that were seen: one bit each where they are dense, as those of one epoch are. Thread-safe. */
final class SeenIds {
    private static final int PAGE_BITS = 12;

    private final Map<Long, BitSet> pages = new HashMap<>();

    synchronized void add(long id) {
        pages.computeIfAbsent(id >>> PAGE_BITS, unused -> new BitSet()).set(bit(id));
    }

    synchronized boolean contains(long id) {
        BitSet page = pages.get(id >>> PAGE_BITS);
        return page != null && page.get(bit(id));
    }

    private static int bit(long id) {
        return (int) id & (1 << PAGE_BITS) - 1;
    }
}
