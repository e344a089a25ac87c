package org.twinshare.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;

/**
 * Many clients work at once, the server is killed in the middle of that, and each of them has everything that it was told
 * about: names of its own in directories that they share, and bytes of its own in a file that they share. Then they go on.
 */
@Timeout(300)
class CrowdCrashTest extends OwnTree {
    private static final int CRASHES = Integer.getInteger("twinshare.crowd.crashes", 15);
    private static final int CLIENTS = 8;
    private static final int MOST_STEPS = 3000;

    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** Stops every thread at its next step, for good: what it would do then is not seen by anybody. */
    private static final class Kill implements Step.Listener {
        private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

        void arm(int steps) {
            left.set(steps);
        }

        boolean isDone() {
            return left.get() <= 0;
        }

        @Override
        public void at(Step step) {
            if (left.decrementAndGet() <= 0) {
                left.set(0);
                while (true) {
                    LockSupport.park(this);
                }
            }
        }
    }

    @Test
    void everythingThatWasAcknowledgedIsThereAfterAKill() throws Exception {
        List<CrowdClient> clients = clients();
        for (int crash = 0; crash < CRASHES; crash++) {
            Kill kill = new Kill();
            // It is never closed, as it would not be.
            Served served = Served.open(export, state, Served.SETTINGS, kill);
            for (CrowdClient client : clients) {
                client.check(served, "seed " + seed + ", behind crash " + crash);
            }
            kill.arm(1 + random.nextInt(MOST_STEPS));
            killed(kill, start(served, clients));
            Path after = base.resolve("state" + crash);
            KilledServer.copyState(state, after);
            state = after;
        }
        try (Served served = Served.open(export, state, Served.SETTINGS, step -> {})) {
            for (CrowdClient client : clients) {
                client.check(served, "seed " + seed + ", in the end");
            }
        }
    }

    private List<CrowdClient> clients() throws Exception {
        try (Served served = Served.open(export, state, Served.SETTINGS, step -> {})) {
            long[] directories = new long[CrowdClient.DIRECTORIES];
            for (int i = 0; i < directories.length; i++) {
                SetAttributes mode = new SetAttributes(0755, null, null, null, null, null);
                Operation make = new Operation.MakeDirectory(served.admin, served.root, Name.of("d" + i), mode);
                directories[i] = served.tree.change(call(), make).object();
            }
            long shared = served.tree.change(call(), create(served, "shared")).object();
            return IntStream.range(0, CLIENTS)
                    .mapToObj(i -> new CrowdClient(i, seed + i, directories, shared))
                    .toList();
        }
    }

    private static List<Thread> start(Served served, List<CrowdClient> clients) {
        List<Thread> threads = new ArrayList<>();
        for (CrowdClient client : clients) {
            Thread thread = new Thread(() -> {
                while (true) {
                    client.step(served);
                }
            });
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        return threads;
    }

    /** Returns when nobody does anything any more: each is stopped, or waits for one that is. */
    private static void killed(Kill kill, List<Thread> threads) {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(5))
                .during(Duration.ofMillis(50))
                .until(() -> kill.isDone() && threads.stream().allMatch(CrowdCrashTest::isStopped));
        assertThat(threads).allMatch(Thread::isAlive);
    }

    private static boolean isStopped(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, BLOCKED -> true;
            case NEW, RUNNABLE, TIMED_WAITING, TERMINATED -> false;
        };
    }
}
