package org.twinshare.fileserver.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What one export or one client has used. Thread-safe. */
public final class Usage {
    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();
    private final Latencies latencies = new Latencies();
    private volatile long lastCallMillis;

    /** A reading of the counters. Durations in nanoseconds, times in milliseconds since 1970. */
    public record Totals(
            long calls,
            long failures,
            long reads,
            long writes,
            long readBytes,
            long writtenBytes,
            long p50Ns,
            long p99Ns,
            long lastCallMillis) {}

    void add(Kind kind, boolean failed, long bytes, long durationNs, long nowMillis) {
        calls.increment();
        if (failed) {
            failures.increment();
        }
        switch (kind) {
            case READ -> {
                reads.increment();
                readBytes.add(bytes);
            }
            case WRITE -> {
                writes.increment();
                writtenBytes.add(bytes);
            }
            case OTHER -> {}
        }
        latencies.add(durationNs);
        lastCallMillis = nowMillis;
    }

    /** What a call was, as far as usage tells calls apart. */
    enum Kind {
        READ,
        WRITE,
        OTHER
    }

    public Totals totals() {
        return new Totals(
                calls.sum(),
                failures.sum(),
                reads.sum(),
                writes.sum(),
                readBytes.sum(),
                writtenBytes.sum(),
                latencies.percentileNs(0.5),
                latencies.percentileNs(0.99),
                lastCallMillis);
    }
}
