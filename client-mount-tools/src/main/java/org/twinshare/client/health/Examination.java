package org.twinshare.client.health;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;

/**
 * All vitals at once, remembered for a moment, so that many who ask cost one look and a dead server holds up one program at a
 * time. Thread-safe.
 */
public final class Examination {
    private static final long FRESH_NS = Duration.ofMillis(500).toNanos();

    private final List<Vital> vitals;
    private long lastNs;
    private @Nullable List<Problem> last;

    public Examination(List<Vital> vitals) {
        this.vitals = List.copyOf(vitals);
    }

    /** What is wrong, from at most half a second ago. */
    public synchronized List<Problem> problems() {
        List<Problem> known = last;
        if (known != null && System.nanoTime() - lastNs < FRESH_NS) {
            return known;
        }
        List<Problem> found =
                vitals.stream().map(Vital::ailment).flatMap(Optional::stream).toList();
        last = found;
        lastNs = System.nanoTime();
        return found;
    }
}
