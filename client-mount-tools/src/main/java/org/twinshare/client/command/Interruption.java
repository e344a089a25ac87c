package org.twinshare.client.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.twinshare.client.bench.Bench;
import org.twinshare.client.bench.BenchException;
import org.twinshare.client.bench.RunReport;

/** Lets a run that is interrupted with Ctrl-C remove its files before the process ends. Stateless. */
final class Interruption {
    private static final int LONGEST_WAIT_SECONDS = 60;

    private Interruption() {}

    static RunReport run(Bench bench) throws BenchException {
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> stop(bench, done), "interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return bench.run();
        } finally {
            done.countDown();
            remove(hook);
        }
    }

    private static void stop(Bench bench, CountDownLatch done) {
        bench.stop();
        try {
            boolean cleaned = done.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
            if (!cleaned) {
                System.err.println("interrupted: files named twinshare-bench-* may be left on the server");
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // The hook is what is running: nothing to remove.
        }
    }
}
