package org.twinshare.replication.channel;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What is known of the other server's being alive. Time in which this process did not run counts for at
 * most a second: what came meanwhile lies unread. Thread-safe.
 */
public final class Pulse {
    /** A look at it is due so often. */
    public static final long TICK_NS = 250_000_000L;

    /** Not since this process was started. */
    public static final Duration NEVER = Duration.ofDays(10_000);

    private static final long MAX_TICK_NS = 4 * TICK_NS;

    private final BootClock clock;
    private long lastTickNs = System.nanoTime();
    private long silenceNs;
    private long stampNs;
    private long heardNs;
    private long peerSentNs;
    private long echoedNs;

    public Pulse(BootClock clock) {
        this.clock = clock;
    }

    /** A new connection: what was received on an earlier one is not echoed on it. */
    public synchronized void connected() {
        peerSentNs = 0;
    }

    /** A message came. */
    public synchronized void heard() {
        silenceNs = 0;
        lastTickNs = System.nanoTime();
        heardNs = clock.stampNs();
    }

    /**
     * Waits until the other server says that it has received what is sent from now on, which proves that it lives, or until
     * nothing has been heard for so long: what comes at first may have been on its way when it died. At most twice as long; an
     * interrupted thread does not wait on.
     */
    public synchronized void awaitEcho(Duration silence) {
        // The clock goes in steps, and what was sent just before must not count.
        long askedNs = clock.nowNs() + BootClock.STEP_NS;
        long latestNs = askedNs + 2 * silence.toNanos();
        try {
            while (echoedNs <= askedNs
                    && clock.nowNs() < latestNs
                    && sinceHeard().compareTo(silence) < 0) {
                TimeUnit.NANOSECONDS.timedWait(this, TICK_NS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A heartbeat came. */
    public synchronized void heard(Beat beat) {
        heard();
        peerSentNs = beat.sentNs();
        if (beat.echoNs() <= stampNs) {
            echoedNs = Math.max(echoedNs, beat.echoNs());
            notifyAll();
        }
    }

    /** The heartbeat to send now. */
    public synchronized Beat beat(Progress progress) {
        stampNs = clock.stampNs();
        return new Beat(stampNs, peerSentNs, progress);
    }

    /** Since the last heartbeat was sent that the other server says it has received; longer than anything when none. */
    public synchronized Duration sinceEchoedSent() {
        return echoedNs == 0 ? NEVER : Duration.ofNanos(clock.nowNs() - echoedNs);
    }

    /** Since a message came, also while this process did not run; longer than anything when none did. */
    public synchronized Duration sinceHeard() {
        return heardNs == 0 ? NEVER : Duration.ofNanos(clock.nowNs() - heardNs);
    }

    /** To be called every {@link #TICK_NS}. Returns for how long nothing was heard while this process ran. */
    public synchronized long tick() {
        long nowNs = System.nanoTime();
        silenceNs += Math.min(nowNs - lastTickNs, MAX_TICK_NS);
        lastTickNs = nowNs;
        return silenceNs;
    }
}
