package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power before every operation on the disk, of which any sectors that were not synced may have been written, and
 * goes on with what is left. A cut is never damage, and nothing that was acknowledged is lost.
 */
class PowerCutTest {
    private static final int HISTORIES = 3_000;
    private static final int LIVES = 4;

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        long seed = new Random().nextLong();
        int torn = 0;
        for (int i = 0; i < HISTORIES; i++) {
            torn += new History(seed + i).run();
        }
        assertThat(torn).as("torn tails met, or this test tests nothing").isGreaterThan(HISTORIES / 10);
    }

    /** A journal that is written, cut off and opened again a few times. */
    private static final class History {
        private final long seed;
        private final Random random;
        private long acknowledged;
        /** What is needed no longer, as a checkpoint has it on disk before the journal hears of it. */
        private volatile long released;

        private int torn;

        History(long seed) {
            this.seed = seed;
            random = new Random(seed);
        }

        int run() throws Exception {
            MemoryDisk disk = new MemoryDisk();
            for (int life = 0; life < LIVES; life++) {
                try {
                    disk = live(disk);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError("seed " + seed + ", life " + life, e);
                }
            }
            return torn;
        }

        private MemoryDisk live(MemoryDisk disk) throws Exception {
            AtomicReference<MemoryDisk> after = new AtomicReference<>();
            AtomicLong acknowledgedNow = new AtomicLong(acknowledged);
            AtomicLong acknowledgedAtCut = new AtomicLong();
            AtomicLong releasedAtCut = new AtomicLong();
            disk.beforeOperation(disk.operations() + random.nextInt(120), () -> {
                acknowledgedAtCut.set(acknowledgedNow.get());
                releasedAtCut.set(released);
                after.set(disk.afterPowerCut(random));
            });
            try (Journal journal = Samples.open(disk, Samples.TINY, released)) {
                check(journal);
                while (after.get() == null) {
                    write(journal);
                    if (random.nextInt(4) == 0) {
                        journal.settle();
                    }
                    acknowledgedNow.set(journal.durableSequence());
                    release(journal, acknowledgedNow.get());
                }
            }
            released = releasedAtCut.get();
            // What was released was durable, also where the test had not come to note it.
            acknowledged = Math.max(acknowledgedAtCut.get(), released);
            return after.get();
        }

        private void write(Journal journal) {
            try {
                if (random.nextInt(3) == 0) {
                    Samples.append(journal);
                    // All but the record that is not durable yet.
                    released = journal.durableSequence();
                    journal.releaseUpTo(Long.MAX_VALUE, 0);
                }
                Samples.group(journal, 1 + random.nextInt(12));
            } catch (JournalFull e) {
                // Torn tails have used up the segments.
                released = journal.durableSequence();
                journal.releaseUpTo(released, 0);
            }
        }

        private void release(Journal journal, long durable) {
            long keep = random.nextInt(50);
            if (after(durable - keep)) {
                journal.releaseUpTo(released, 0);
            }
        }

        private boolean after(long sequence) {
            boolean more = sequence > released;
            released = Math.max(released, sequence);
            return more;
        }

        private void check(Journal journal) {
            if (journal.report().tornTail() != null) {
                torn++;
            }
            assertThat(journal.lastSequence()).isGreaterThanOrEqualTo(acknowledged);
            List<Long> found =
                    Samples.sequences(journal, Math.max(journal.statistics().oldestSequence(), 1));
            assertThat(found.isEmpty() ? 0 : found.getLast()).isGreaterThanOrEqualTo(acknowledged - 1);
        }
    }
}
