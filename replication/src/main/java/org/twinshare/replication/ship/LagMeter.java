package org.twinshare.replication.ship;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Remembers when records were written, a few thousand moments at most: when there are more, every second one is forgotten.
 * Thread-safe.
 */
final class LagMeter {
    private static final int MAX_MOMENTS = 4096;
    private static final long APART_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Up to the last sequence there are so many bytes since the beginning; its first record was written then. */
    private record Moment(long lastSequence, long bytes, long ns) {}

    private final List<Moment> moments = new ArrayList<>();
    private long bytes;
    private long lastSequence;

    /** What was written before counts as written now. */
    LagMeter(long lastSequence, long nowNs) {
        written(lastSequence, 0, nowNs);
    }

    final synchronized void written(long last, int groupBytes, long nowNs) {
        bytes += groupBytes;
        lastSequence = last;
        int end = moments.size() - 1;
        if (end >= 0 && nowNs - moments.get(end).ns() < APART_NS) {
            moments.set(end, new Moment(last, bytes, moments.get(end).ns()));
            return;
        }
        if (moments.size() == MAX_MOMENTS) {
            thinOut();
        }
        moments.add(new Moment(last, bytes, nowNs));
    }

    /** Two become one, with the time of the earlier and the end of the later. */
    private void thinOut() {
        List<Moment> half = new ArrayList<>();
        for (int i = 0; i + 1 < moments.size(); i += 2) {
            Moment later = moments.get(i + 1);
            half.add(new Moment(
                    later.lastSequence(), later.bytes(), moments.get(i).ns()));
        }
        moments.clear();
        moments.addAll(half);
    }

    /** Lag of a server that has everything up to a sequence. */
    synchronized Lag behind(long sequence, long nowNs) {
        int i = 0;
        while (i < moments.size() && moments.get(i).lastSequence() <= sequence) {
            i++;
        }
        if (i == moments.size()) {
            return new Lag(Math.max(lastSequence - sequence, 0), 0, Duration.ZERO);
        }
        long before = i == 0 ? 0 : moments.get(i - 1).bytes();
        return new Lag(
                lastSequence - sequence,
                bytes - before,
                Duration.ofNanos(nowNs - moments.get(i).ns()));
    }

    /** The standby has everything up to a sequence. */
    synchronized void forgetUpTo(long sequence) {
        int gone = 0;
        while (gone + 1 < moments.size() && moments.get(gone + 1).lastSequence() <= sequence) {
            gone++;
        }
        moments.subList(0, gone).clear();
    }
}
