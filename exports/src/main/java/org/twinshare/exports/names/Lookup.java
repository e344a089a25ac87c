package org.twinshare.exports.names;

import java.util.Set;

/**
 * The answer to one look-up.
 *
 * @param <V> what was looked for
 */
public sealed interface Lookup<V> {

    /** There is an answer, never an empty one. */
    record Found<V>(Set<V> values) implements Lookup<V> {
        public Found {
            values = Set.copyOf(values);
        }
    }

    /** There is none: the name service answered that it knows nothing, or did not answer in time. */
    record NotFound<V>(String reason) implements Lookup<V> {}

    /** {@link Found}, or {@link NotFound} with the reason when there is no value. */
    static <V> Lookup<V> of(Set<V> values, String reasonWhenEmpty) {
        return values.isEmpty() ? new NotFound<>(reasonWhenEmpty) : new Found<>(values);
    }
}
