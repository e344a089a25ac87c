package org.twinshare.filestore;

import java.time.Instant;
import java.time.InstantSource;

/** Times as the tree and the journal keep them: nanoseconds since 1970, until 2262. Has no state. */
public final class EpochNanos {
    private static final long PER_SECOND = 1_000_000_000;

    private EpochNanos() {}

    /** The time of a clock now. */
    public static long now(InstantSource clock) {
        Instant now = clock.instant();
        return now.getEpochSecond() * PER_SECOND + now.getNano();
    }
}
