package org.twinshare.filestore.local;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The machine's clock, unless a test has stopped it at a moment of its own. */
final class SettableClock implements InstantSource {
    private volatile @Nullable Instant stopped;

    @Override
    public Instant instant() {
        Instant at = stopped;
        return at == null ? Instant.now() : at;
    }

    /** Stops it at the present moment moved by this much. */
    void stopAt(Duration fromNow) {
        stopped = Instant.now().plus(fromNow);
    }

    void goOn() {
        stopped = null;
    }
}
