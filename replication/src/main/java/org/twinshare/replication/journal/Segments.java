package org.twinshare.replication.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which segments there are: used ones with numbers that rise by one, the last of which takes the records, and some that are
 * prepared to follow it. Guarded by the lock of the {@link Journal}.
 */
final class Segments {
    /** So many are ready before they are needed. */
    private static final int AHEAD = 2;

    private final int maxSegments;
    private final Deque<Segment> used = new ArrayDeque<>();
    private final Deque<Segment> prepared = new ArrayDeque<>();
    /** Numbers of segments that hold nothing that is needed, and have not been taken out yet. */
    private final Deque<Long> released = new ArrayDeque<>();

    private final Deque<String> spares = new ArrayDeque<>();
    private long lastNumber;
    private boolean lastIsComplete;
    private @Nullable String failure;

    Segments(int maxSegments, List<Segment> found, List<String> spares) {
        this.maxSegments = maxSegments;
        used.addAll(found);
        this.spares.addAll(spares);
        lastNumber = used.getLast().header.number();
    }

    /** The one that takes the records; null when it may take no more. */
    @Nullable Segment current() {
        return lastIsComplete ? null : used.getLast();
    }

    /** What follows goes into the next segment. */
    void completeLast() {
        if (!lastIsComplete) {
            used.getLast().close();
            lastIsComplete = true;
        }
    }

    /** Lets the next segment take the records from this sequence on; false when none is prepared. */
    boolean roll(long sequence) {
        Segment next = prepared.pollFirst();
        if (next == null) {
            return false;
        }
        completeLast();
        next.begin(sequence);
        used.addLast(next);
        lastIsComplete = false;
        return true;
    }

    /** Gives up what lies wholly up to a sequence, but not so many of the newest. Returns whether there was any. */
    boolean release(long sequence, int newest) {
        boolean any = false;
        while (used.size() > Math.max(newest, 1) && used.getFirst().lastSequence <= sequence) {
            released.addLast(used.removeFirst().header.number());
            any = true;
        }
        return any;
    }

    long oldestSequence() {
        return used.getFirst().firstSequence;
    }

    /** The segment with this record, or where it will go; null when it was released. */
    @Nullable Segment holding(long sequence) {
        Segment found = null;
        for (Segment segment : used) {
            if (segment.firstSequence <= sequence) {
                found = segment;
            }
        }
        return found;
    }

    /** Why no segment can be prepared; null when one can. */
    @Nullable String obstacle() {
        if (!released.isEmpty() || hasSpare()) {
            return null;
        }
        if (failure != null) {
            return failure;
        }
        return files() < maxSegments ? null : "all " + maxSegments + " segments hold records that are still needed";
    }

    int files() {
        return used.size() + prepared.size() + released.size() + spares.size();
    }

    int usedFiles() {
        return used.size();
    }

    boolean hasSpare() {
        return !spares.isEmpty();
    }

    boolean wantsMore() {
        boolean possible = hasSpare() || files() < maxSegments;
        return possible && prepared.size() < Math.min(AHEAD, maxSegments - 1);
    }

    @Nullable Long firstReleased() {
        return released.peekFirst();
    }

    void retired(String spare) {
        released.removeFirst();
        spares.addLast(spare);
    }

    @Nullable String takeSpare() {
        return spares.pollFirst();
    }

    long nextNumber() {
        return lastNumber + 1;
    }

    void prepared(Segment segment) {
        prepared.addLast(segment);
        lastNumber = segment.header.number();
    }

    /** A new file was tried; why it could not be made, which may pass, and null when it was. */
    void triedNew(@Nullable String why) {
        failure = why;
    }

    void close() {
        completeLast();
        List<Segment> all = new ArrayList<>(prepared);
        all.forEach(Segment::close);
    }
}
