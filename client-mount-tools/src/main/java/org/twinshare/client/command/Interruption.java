package org.twinshare.client.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.bench.Bench;

/**
 * Lets a run that is interrupted with Ctrl-C remove its files, and tell what it measured, before the process ends. Closed by
 * the thread that opened it.
 */
final class Interruption implements AutoCloseable {
    private static final int LONGEST_WAIT_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "interrupted");
    private @Nullable Bench running;
    private boolean happened;

    private Interruption() {}

    static Interruption await() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** What is to be stopped from here on; false when it need not begin any more. */
    synchronized boolean stops(Bench bench) {
        running = bench;
        return !happened;
    }

    private void interrupted() {
        stop();
        try {
            boolean over = done.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
            if (!over) {
                System.err.println("interrupted: files named twinshare-bench-* may be left on the server");
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void stop() {
        happened = true;
        if (running != null) {
            running.stop();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // The hook is what is running: nothing to remove.
        }
    }
}
