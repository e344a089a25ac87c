package org.twinshare.replication.role;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.Refusal;

/** Whether a standby may become the primary. */
public sealed interface Answer {
    /** Of a command that was refused. */
    int REFUSED_EXIT_CODE = 5;

    /**
     * It may.
     *
     * @param why          in words for an operator
     * @param missingSince changes after this moment may be missing; null when nothing acknowledged is
     */
    record Go(String why, @Nullable Instant missingSince) implements Answer {}

    /** It may not. */
    record Refused(Refusal refusal) implements Answer {}
}
