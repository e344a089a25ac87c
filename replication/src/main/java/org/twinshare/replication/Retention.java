package org.twinshare.replication;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Which part of the journal is still kept although a checkpoint has made it superfluous to the tree: it is the reply cache of
 * the next start, or of a standby's first calls as the primary. Not thread-safe.
 */
public final class Retention {
    /** At most one part in so many of the journal is kept for that. */
    private static final int KEPT_PART = 4;

    private final long keptBytes;
    private final Deque<Reached> reachedAt = new ArrayDeque<>();
    private long passedSequence;

    private record Reached(long sequence, long bytes) {}

    public Retention(TreeSettings settings) {
        keptBytes = Math.min(settings.keptBytes(), settings.journal().maxBytes() / KEPT_PART);
    }

    /**
     * A checkpoint has reached a position.
     *
     * @param bytes of records until then, by a count that only grows
     */
    public void reached(long sequence, long bytes) {
        reachedAt.addLast(new Reached(sequence, bytes));
        while (!reachedAt.isEmpty() && reachedAt.element().bytes <= bytes - keptBytes) {
            passedSequence = reachedAt.remove().sequence;
        }
    }

    /** Nothing is kept any more that the tree does not need: the journal is full. */
    public void giveUp() {
        if (!reachedAt.isEmpty()) {
            passedSequence = reachedAt.getLast().sequence;
            reachedAt.clear();
        }
    }

    /** Records up to this sequence need not be kept; 0 for none. */
    public long passedSequence() {
        return passedSequence;
    }
}
