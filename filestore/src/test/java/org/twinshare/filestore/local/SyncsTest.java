package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/** Who shares a sync shares its result, and after a failure nothing of that object counts as durable. */
class SyncsTest {
    private final AtomicInteger failures = new AtomicInteger();
    private final Syncs syncs = new Syncs(failures::incrementAndGet);

    @Test
    void whoComesDuringASyncSharesTheNextOneAndNoTwoRunAtOnce() throws Exception {
        CountDownLatch firstRuns = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger now = new AtomicInteger();
        AtomicInteger mostAtOnce = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        threads.add(Thread.ofVirtual()
                .start(() -> sync(() -> {
                    runs.incrementAndGet();
                    firstRuns.countDown();
                    await(goOn);
                })));
        firstRuns.await();
        for (int i = 0; i < 20; i++) {
            threads.add(Thread.ofVirtual()
                    .start(() -> sync(() -> {
                        runs.incrementAndGet();
                        mostAtOnce.accumulateAndGet(now.incrementAndGet(), Math::max);
                        now.decrementAndGet();
                    })));
        }
        for (Thread waiting : threads.subList(1, threads.size())) {
            Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
        }
        goOn.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(runs).as("the first, and one for all who came during it").hasValue(2);
        assertThat(mostAtOnce).hasValue(1);
    }

    @Test
    void aFailureIsToldToAllWhoShareItAndStays() throws Exception {
        CountDownLatch firstRuns = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread first = Thread.ofVirtual().start(() -> {
            try {
                syncs.sync(7, false, withAttributes -> {
                    firstRuns.countDown();
                    await(goOn);
                    throw new ErrnoException(Errno.EIO, "fdatasync");
                });
            } catch (ErrnoException expected) {
                failures.addAndGet(100);
            }
        });
        firstRuns.await();
        AtomicInteger heard = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        Thread second = Thread.ofVirtual().start(() -> {
            try {
                // The kernel would say that all is well: it has told of the failure once.
                syncs.sync(7, false, withAttributes -> asked.incrementAndGet());
            } catch (ErrnoException e) {
                heard.incrementAndGet();
            }
        });
        Awaitility.await().until(() -> second.getState() == Thread.State.WAITING);
        goOn.countDown();
        first.join();
        second.join();

        assertThat(heard).hasValue(1);
        assertThat(asked).as("syncs after the failure").hasValue(0);
        assertThat(failures).as("told once, before the first heard of it").hasValue(101);
        assertThatThrownBy(() -> syncs.requireSound(7)).isInstanceOf(ErrnoException.class);
        syncs.requireSound(8);
        syncs.sync(8, true, withAttributes -> assertThat(withAttributes).isTrue());
    }

    private void sync(Runnable body) {
        try {
            syncs.sync(7, false, withAttributes -> body.run());
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
