package org.twinshare.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays histories of a kind, each made of its own seed, until one fails, which is then shortened. Several at once, each in
 * directories of its own: a start and an end wait for the kernel more than they compute.
 */
final class ManyHistories {
    private static final Logger LOG = LoggerFactory.getLogger(ManyHistories.class);
    private static final int ACTS = 30;
    private static final int TOLD_EVERY = 1_000;

    /** The same for every change, so that a change is what makes it fail; the long form takes others. */
    private static final long SEED = 77_000;

    private static final int THREADS =
            Integer.getInteger("histories.threads", 2 * Runtime.getRuntime().availableProcessors());

    private final History.Kind kind;
    private final int count;
    private final Function<History, @Nullable Throwable> failure;
    private final long first = Long.getLong("histories.seed", SEED);
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger played = new AtomicInteger();
    private volatile boolean failed;

    private record Failed(long seed, History history, Throwable why) {}

    private ManyHistories(History.Kind kind, int count, Function<History, @Nullable Throwable> failure) {
        this.kind = kind;
        this.count = count;
        this.failure = failure;
    }

    /** @param failure plays one, and returns why it fails, or null; called by several threads at once */
    static void play(History.Kind kind, int count, Function<History, @Nullable Throwable> failure) {
        new ManyHistories(kind, count, failure).play();
    }

    private void play() {
        List<Future<@Nullable Failed>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                Callable<@Nullable Failed> some = this::playSome;
                all.add(threads.submit(some));
            }
        }
        // By now all have ended.
        for (Future<@Nullable Failed> each : all) {
            Failed found = result(each);
            if (found != null) {
                throw shortened(found);
            }
        }
    }

    private static @Nullable Failed result(Future<@Nullable Failed> ended) {
        try {
            return ended.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("histories could not be played", e);
        }
    }

    /** Plays what no other thread plays, as long as there is any and none has failed. */
    private @Nullable Failed playSome() {
        for (int i = begun.getAndIncrement(); i < count && !failed; i = begun.getAndIncrement()) {
            long seed = first + i;
            History history = History.random(new Random(seed), kind, ACTS);
            Throwable why = failure.apply(history);
            if (why != null) {
                failed = true;
                return new Failed(seed, history, why);
            }
            int done = played.incrementAndGet();
            if (done % TOLD_EVERY == 0) {
                LOG.info("{} of {} histories played, of the seeds {} to {}", done, count, first, seed);
            }
        }
        return null;
    }

    private AssertionError shortened(Failed found) {
        Predicate<History> fails = shorter -> failure.apply(shorter) != null;
        History shortest = found.history.shrunk(fails);
        Throwable why = failure.apply(shortest);
        return new AssertionError(
                "seed " + found.seed + " fails with\n" + found.why + "\nand shortened to\n" + shortest + "with",
                why == null ? found.why : why);
    }
}
