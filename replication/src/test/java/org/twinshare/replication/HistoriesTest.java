package org.twinshare.replication;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random histories of all changing calls, with the server killed between any two steps, also while it starts: the tree is
 * that of the model, before or after the call that was under way, and nothing else.
 */
class HistoriesTest {
    /** How many are played; the long form is described in docs/journal.md. */
    private static final int HISTORIES = Integer.getInteger("histories", 100);

    @Test
    void aKilledServerGoesOnWhereItWas() {
        ManyHistories.play(new History.Kind(true, true, 500), HISTORIES, HistoriesTest::failure);
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
