package org.twinshare.exports.names;

import java.time.Duration;

/**
 * How long answers about names are good.
 *
 * @param refreshAfter age at which a good answer is looked up again
 * @param retryAfter   age at which a missing answer is looked up again
 * @param keepFor      how long after its last good answer a name that is no longer found keeps that answer: a name
 *                     server that is away for a while must not shut out clients at work
 * @param capacity     client addresses remembered at most
 * @param maxInFlight  look-ups of client addresses under way or waiting at most
 */
public record RefreshPolicy(
        Duration refreshAfter, Duration retryAfter, Duration keepFor, int capacity, int maxInFlight) {

    /** Five minutes, half a minute, one hour; 4096 clients. */
    public static final RefreshPolicy DEFAULT =
            new RefreshPolicy(Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofHours(1), 4096, 1024);
}
