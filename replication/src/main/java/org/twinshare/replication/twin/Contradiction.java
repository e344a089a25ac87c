package org.twinshare.replication.twin;

/**
 * How often in a row the standby could not be caught up from one position: the first times the primary may have changed while it
 * was asked, and after that only another copy helps. Not thread-safe.
 */
final class Contradiction {
    private static final int TRIES = 3;

    private long position = -1;
    private int times;

    /** It could not from this position; true when that is to be tried no more. */
    boolean at(long from) {
        times = from == position ? times + 1 : 1;
        position = from;
        if (times < TRIES) {
            return false;
        }
        times = 0;
        return true;
    }
}
