package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.twinshare.replication.JournaledTree;

/** An old primary that comes back with changes that the new one never saw. */
class RewindTest {
    private Twin twin;
    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());
    private Writer writer;
    private long fork;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        writer = new Writer(twin.primary, twin.root, seed);
        writer.steps(150);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            stream.apply.checkpoint();
            fork = stream.apply.appliedSequence();
        }
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    /** The standby's tree goes on as the old primary's, by changes that are lost then. */
    private LostChanges loseTail(int steps) throws Exception {
        try (JournaledTree old = twin.promoteStandby(1)) {
            Writer lost = new Writer(writer, old, twin.root, seed + 1);
            lost.steps(steps);
            for (int i = 0; i < 5; i++) {
                lost.writeUncommitted(i % 2 == 0 ? 3000 : 100_000);
            }
            // What is in the journal is so without what the server does when it ends in good order.
            old.journal().awaitDurable(old.journal().lastSequence());
        }
        return twin.demoteStandby(fork);
    }

    @RepeatedTest(3)
    void aRandomTailIsUndone() throws Exception {
        LostChanges tail = loseTail(120);
        twin.primary.beginEpoch(2);
        writer.steps(120);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.rewind(fork, tail);
            stream.follow();
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
            writer.steps(60);
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @RepeatedTest(3)
    void aPrimaryThatCrashedAndLostNothingIsTheSameAgain() throws Exception {
        long last;
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.follow();
            writer.steps(100);
            for (int i = 0; i < 5; i++) {
                writer.writeUncommitted(3000);
            }
            stream.awaitCaughtUp();
            last = stream.apply.appliedSequence();
        }
        // It starts as the primary that it was, before it hears of the other one.
        twin.promoteStandby(1).close();
        twin.demoteStandby(last);
        twin.primary.beginEpoch(2);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.follow();
            writer.steps(20);
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void aRewindThatIsCutIsBegunAgain() throws Exception {
        LostChanges tail = loseTail(100);
        twin.primary.beginEpoch(2);
        writer.steps(80);
        int cuts = 0;
        for (int answers = 1; answers < 12; answers += 4) {
            try (Stream stream = new Stream(twin, answers, CopyLimits.DEFAULT)) {
                stream.copy.rewind(fork, tail);
            } catch (java.io.IOException e) {
                cuts++;
            }
        }
        assertThat(cuts).isPositive();
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copy.rewind(fork, tail);
            stream.follow();
            stream.awaitCaughtUp();
            Trees.assertEqual(twin);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void noIdOfTheLostTailIsGivenAgain() throws Exception {
        Set<Long> before = ids("p");
        LostChanges tail = loseTail(100);
        Set<Long> lost = new HashSet<>(tail.objects());
        lost.removeAll(before);
        twin.primary.beginEpoch(2);
        writer.steps(100);
        Set<Long> given = ids("p");
        given.removeAll(before);
        assertThat(lost).isNotEmpty();
        assertThat(given).isNotEmpty().doesNotContainAnyElementsOf(lost);
    }

    private Set<Long> ids(String server) throws Exception {
        Set<Long> ids = new HashSet<>();
        var tree = (server.equals("p") ? twin.primaryTree : twin.standbyTree).view();
        Trees.of(tree, twin.root).forEach((path, text) -> ids.add(Trees.id(text)));
        return ids;
    }
}
