package org.twinshare.replication.role;

import java.time.Duration;

/**
 * What a standby knows when it is asked to become the primary.
 *
 * @param primary         name of the other server
 * @param primaryAnswers  it is connected and heard
 * @param durableSequence last record on this server's disk
 * @param sinceEchoedSent since this server sent the last message that the primary said it had received, on a clock that runs
 *                        while the system sleeps too; longer than anything when there was none since the start
 */
public record Knowledge(
        String primary, RoleState state, boolean primaryAnswers, long durableSequence, Duration sinceEchoedSent) {}
