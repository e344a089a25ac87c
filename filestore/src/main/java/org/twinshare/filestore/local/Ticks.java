package org.twinshare.filestore.local;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.twinshare.filestore.EpochNanos;

/** Gives every change a moment of its own, later than all before it, also when the clock stands still or goes back. */
final class Ticks {
    private final InstantSource clock;
    private final AtomicLong last = new AtomicLong();

    Ticks(InstantSource clock) {
        this.clock = clock;
    }

    /** Nanoseconds since 1970. */
    long next() {
        long nowNs = EpochNanos.now(clock);
        return last.updateAndGet(before -> Math.max(before + 1, nowNs));
    }
}
