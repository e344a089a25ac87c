package org.twinshare.fileserver.rpc;

import java.time.Duration;

/** Counts the calls that virtual threads are carrying out, so that a stop can wait for them. Thread-safe. */
final class CallsUnderWay {
    private int count;

    synchronized void begin() {
        count++;
    }

    synchronized void end() {
        if (--count == 0) {
            notifyAll();
        }
    }

    synchronized int count() {
        return count;
    }

    /** Waits until there are none, at most so long; true when there are none. */
    synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        long left = atMost.toMillis();
        while (count > 0 && left > 0) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        return count == 0;
    }
}
