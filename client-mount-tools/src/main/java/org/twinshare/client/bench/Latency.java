package org.twinshare.client.bench;

import org.HdrHistogram.Histogram;

/** How long things took: their number and the times that 50, 90, 99, 99.9 and 100 percent of them stayed within, in ns. */
public record Latency(long count, long p50Ns, long p90Ns, long p99Ns, long p999Ns, long maxNs) {

    static Latency of(Histogram histogram) {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
