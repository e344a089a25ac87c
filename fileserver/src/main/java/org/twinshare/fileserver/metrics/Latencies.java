package org.twinshare.fileserver.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Durations in buckets of a quarter of a power of two: a percentile is at most 19 % too high. Costs 1.3 kB and one addition
 * for each duration. Thread-safe.
 */
public final class Latencies {
    private static final int SUB_BUCKET_BITS = 2;
    private static final int BUCKETS = 40 << SUB_BUCKET_BITS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    void add(long durationNs) {
        counts.getAndIncrement(bucket(durationNs));
    }

    private static int bucket(long durationNs) {
        long value = Math.max(durationNs, 1 << SUB_BUCKET_BITS);
        int magnitude = 63 - Long.numberOfLeadingZeros(value);
        int sub = (int) (value >> magnitude - SUB_BUCKET_BITS) & (1 << SUB_BUCKET_BITS) - 1;
        return Math.min(BUCKETS - 1, (magnitude << SUB_BUCKET_BITS) + sub);
    }

    /** The largest duration that falls into a bucket, in nanoseconds. */
    private static long upperBoundNs(int bucket) {
        int magnitude = bucket >> SUB_BUCKET_BITS;
        long sub = bucket & (1 << SUB_BUCKET_BITS) - 1;
        long step = 1L << Math.max(0, magnitude - SUB_BUCKET_BITS);
        return (1L << magnitude) + (sub + 1) * step - 1;
    }

    /** How many durations there were. */
    public long count() {
        long count = 0;
        for (int i = 0; i < BUCKETS; i++) {
            count += counts.get(i);
        }
        return count;
    }

    /**
     * The duration that so large a part of all were not longer than, in nanoseconds; 0 when there were none.
     *
     * @param part from 0 to 1
     */
    public long percentileNs(double part) {
        long[] now = new long[BUCKETS];
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            now[i] = counts.get(i);
            total += now[i];
        }
        long rank = (long) Math.ceil(total * part);
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += now[i];
            if (seen >= rank && seen > 0) {
                return upperBoundNs(i);
            }
        }
        return 0;
    }
}
