package org.twinshare.replication.copy;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What looked different, and is looked at until that is sure. A write that nobody committed is in the primary's tree before
 * any record speaks of it, and a change is there before it counts as applied; so a difference is one only when it stays the
 * same, and the primary's side of it too, for longer than those take. Not thread-safe.
 *
 * @param <K> name or object
 */
final class Suspects<K> {
    /** For so long a difference has to stay the same. */
    static final Duration SURE_AFTER = Duration.ofSeconds(2);
    /** What is another one each time for so long is left alone. */
    static final Duration GIVE_UP_AFTER = Duration.ofSeconds(20);

    private final Map<K, Suspect> suspects = new LinkedHashMap<>();
    private final Set<K> givenUp = new HashSet<>();

    /** @param seen null before the first look */
    private record Suspect(Differences.@Nullable Seen seen, long sinceNs, long firstNs) {}

    /** To be looked at. */
    void add(K what) {
        suspects.putIfAbsent(what, new Suspect(null, 0, 0));
    }

    Set<K> all() {
        return Set.copyOf(suspects.keySet());
    }

    boolean isEmpty() {
        return suspects.isEmpty();
    }

    /** Those that were left alone. */
    Set<K> givenUp() {
        return givenUp;
    }

    /**
     * One of them was looked at.
     *
     * @param seen null where there is no difference any more
     * @return the difference when it is sure
     */
    @Nullable Finding seen(K what, Differences.@Nullable Seen seen) {
        Suspect before = suspects.get(what);
        if (before == null || seen == null) {
            suspects.remove(what);
            return null;
        }
        long now = System.nanoTime();
        if (before.seen == null) {
            suspects.put(what, new Suspect(seen, now, now));
            return null;
        }
        boolean same = !seen.hot() && seen.equals(before.seen);
        if (same && now - before.sinceNs >= SURE_AFTER.toNanos()) {
            suspects.remove(what);
            return seen.finding();
        }
        if (now - before.firstNs >= GIVE_UP_AFTER.toNanos() && !same) {
            suspects.remove(what);
            givenUp.add(what);
            return null;
        }
        suspects.put(what, new Suspect(seen, same ? before.sinceNs : now, before.firstNs));
        return null;
    }

    /** How long it takes until one of them can be sure. */
    Duration left() {
        long now = System.nanoTime();
        long leftNs = suspects.values().stream()
                .mapToLong(suspect -> suspect.seen == null ? 0 : SURE_AFTER.toNanos() - (now - suspect.sinceNs))
                .min()
                .orElse(0);
        return Duration.ofNanos(Math.max(0, leftNs));
    }
}
