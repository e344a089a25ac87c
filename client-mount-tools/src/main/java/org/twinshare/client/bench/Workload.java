package org.twinshare.client.bench;

import java.io.IOException;
import java.util.Map;

/**
 * One thing to measure: makes its files, gives every connection a script, and knows what the server must hold in the end.
 * {@link #prepare} comes first; scripts are used by the loops' threads, everything else by the run's.
 */
interface Workload {

    void prepare(Fixture fixture) throws IOException;

    /** What a connection does, in all phases of the run. */
    Script script(int connection);

    /** The sizes and numbers that matter, for the report, in the order to show them. */
    Map<String, Object> parameters();

    /** Whether an operation is more than one call; then the scripts say when one is complete. */
    default boolean isCompound() {
        return false;
    }

    /** Whether to run for a while before measuring: not where that would use up the files. */
    default boolean wantsWarmUp() {
        return true;
    }

    /** Whether the very first operation is to be measured by itself. */
    default boolean measuresFirst() {
        return false;
    }

    /** Reads back all that was written; what is wrong goes into the tally, and the bytes that were compared. */
    default void verify(Fixture fixture, Tally tally) throws IOException {}
}
