package org.twinshare.replication;

import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random histories of all changing calls, with the server killed between any two steps, also while it starts: the tree is
 * that of the model, before or after the call that was under way, and nothing else.
 */
class HistoriesTest {
    private static final int ACTS = 30;

    /** How many are played; the long form is described in docs/journal.md. */
    private static final int HISTORIES = Integer.getInteger("histories", 100);
    /** The same for every change, so that a change is what makes it fail; the long form takes others. */
    private static final long SEED = 77_000;

    @Test
    void aKilledServerGoesOnWhereItWas() {
        play(new History.Kind(true, true, 500), HISTORIES, HistoriesTest::failure);
    }

    static void play(History.Kind kind, int count, Function<History, @Nullable Throwable> failure) {
        long first = Long.getLong("histories.seed", SEED);
        for (int i = 0; i < count; i++) {
            long seed = first + i;
            History history = History.random(new Random(seed), kind, ACTS);
            Throwable why = failure.apply(history);
            if (why != null) {
                Predicate<History> fails = shorter -> failure.apply(shorter) != null;
                History shortest = history.shrunk(fails);
                Throwable shortestWhy = failure.apply(shortest);
                throw new AssertionError(
                        "seed " + seed + ", history " + i + ", fails with\n" + why + "\nand shortened to\n" + shortest
                                + "with",
                        shortestWhy == null ? why : shortestWhy);
            }
        }
    }

    static @Nullable Throwable failure(History history) {
        try (Playing playing = new Playing()) {
            playing.play(history);
            playing.killAtTheEnd();
            return null;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }
}
