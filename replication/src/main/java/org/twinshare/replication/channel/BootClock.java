package org.twinshare.replication.channel;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Time since the system started, which goes on while it sleeps (CLOCK_BOOTTIME), from {@code /proc/uptime} in steps of 10 ms.
 * Thread-safe.
 */
public final class BootClock {
    /** The least time between two readings that differ. */
    static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final long READ_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A reading, and what the JDK's clock, which stands still while the system sleeps, said then. */
    private record Reading(long bootNs, long monotonicNs) {}

    private volatile Reading last = read();

    /** For how long something has lasted: never too early by more than a step. */
    public long nowNs() {
        Reading now = read();
        last = now;
        return now.bootNs();
    }

    /** To put on a message: never later than it is, and cheap. */
    public long stampNs() {
        Reading reading = last;
        long sinceNs = System.nanoTime() - reading.monotonicNs();
        return sinceNs > READ_AGAIN_NS ? nowNs() : reading.bootNs() + sinceNs;
    }

    private static Reading read() {
        try {
            long monotonicNs = System.nanoTime();
            String uptime =
                    Splitter.on(' ').split(Files.readString(UPTIME)).iterator().next();
            return new Reading(Duration.parse("PT" + uptime + "S").toNanos(), monotonicNs);
        } catch (IOException e) {
            throw new IllegalStateException("the time since the start of the system cannot be read", e);
        }
    }
}
