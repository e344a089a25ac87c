package org.twinshare.filestore.local;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps a bounded number of things, and lets go of one that was not used lately when another comes (the CLOCK of Corbató,
 * 1968): use costs one flag, not a place in a list. Thread-safe.
 */
final class Clock<T extends Clock.Hand> {
    private final int capacity;
    private final Deque<T> ring = new ArrayDeque<>();

    /** Something that a clock keeps. */
    interface Hand {
        /** Whether it was used since the last time this was asked. */
        boolean usedLately();

        /** Lets go of it; false when it is in use, and then it stays. */
        boolean letGo();
    }

    Clock(int capacity) {
        this.capacity = capacity;
    }

    /** Adds one that is not kept yet, in exchange for another when there are too many. */
    synchronized void add(T added) {
        ring.addLast(added);
        // Two rounds find one in any case, but for those that are in use; the bound then waits for the next one added.
        int looks = 2 * ring.size();
        while (ring.size() > capacity && looks-- > 0) {
            T oldest = ring.removeFirst();
            if (oldest.usedLately() || !oldest.letGo()) {
                ring.addLast(oldest);
            }
        }
    }

    synchronized int size() {
        return ring.size();
    }
}
