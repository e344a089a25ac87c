package org.twinshare.client.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.Status;

/**
 * What one loop counted in one phase: replies and latencies by procedure, whole operations, bytes, entries, and statuses
 * that nobody expected. Each loop has its own; they are added up when the phase is over. Not thread-safe.
 */
final class Tally {
    /** A latency is kept with three significant digits: off by 0.1 % at most. */
    static final int SIGNIFICANT_DIGITS = 3;

    private static final int MOST_EXAMPLES = 5;

    private final Map<Procedure, Histogram> latencyNs = new EnumMap<>(Procedure.class);
    private final Map<Procedure, Map<Integer, Long>> unexpected = new EnumMap<>(Procedure.class);
    private final List<String> wrong = new ArrayList<>();
    private final Histogram operationNs = new Histogram(SIGNIFICANT_DIGITS);
    private final Histogram pauseNs = new Histogram(SIGNIFICANT_DIGITS);
    private long bytes;
    private long entries;
    private long wrongCount;

    void replied(Procedure procedure, long elapsedNs) {
        @Nullable Histogram histogram = latencyNs.get(procedure);
        if (histogram == null) {
            histogram = new Histogram(SIGNIFICANT_DIGITS);
            latencyNs.put(procedure, histogram);
        }
        histogram.recordValue(elapsedNs);
    }

    void unexpected(Procedure procedure, int status) {
        unexpected.computeIfAbsent(procedure, each -> new TreeMap<>()).merge(status, 1L, Long::sum);
    }

    /** Something that the server answered is wrong although its status is right; the first few are kept in words. */
    void wrong(String description) {
        wrongCount++;
        if (wrong.size() < MOST_EXAMPLES) {
            wrong.add(description);
        }
    }

    void completed(long elapsedNs) {
        operationNs.recordValue(elapsedNs);
    }

    /** A connection was made anew: the time between the last reply on the old one and the first on the new one. */
    void reconnected(long elapsedNs) {
        pauseNs.recordValue(elapsedNs);
    }

    void moved(long moreBytes) {
        bytes += moreBytes;
    }

    void listed(long moreEntries) {
        entries += moreEntries;
    }

    void add(Tally other) {
        other.latencyNs.forEach((procedure, histogram) -> latencyNs
                .computeIfAbsent(procedure, each -> new Histogram(SIGNIFICANT_DIGITS))
                .add(histogram));
        operationNs.add(other.operationNs);
        bytes += other.bytes;
        entries += other.entries;
        pauseNs.add(other.pauseNs);
        addFaults(other);
    }

    /** Only what was not as expected: a fault while warming up is a fault too. */
    void addFaults(Tally other) {
        other.unexpected.forEach((procedure, counts) -> counts.forEach((status, count) ->
                unexpected.computeIfAbsent(procedure, each -> new TreeMap<>()).merge(status, count, Long::sum)));
        other.wrong.stream().limit(MOST_EXAMPLES - wrong.size()).forEach(wrong::add);
        wrongCount += other.wrongCount;
    }

    Map<Procedure, Histogram> latencyNs() {
        return latencyNs;
    }

    /** Latencies of whole operations; empty in a workload whose every call is one. */
    Histogram operationNs() {
        return operationNs;
    }

    long calls() {
        return latencyNs.values().stream().mapToLong(Histogram::getTotalCount).sum();
    }

    long bytes() {
        return bytes;
    }

    long entries() {
        return entries;
    }

    /** How long connections were without a server, of each that was made anew. */
    Histogram pauseNs() {
        return pauseNs;
    }

    long wrongCount() {
        return wrongCount;
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** How often which unexpected status came, by names such as {@code CREATE NOSPC}. */
    Map<String, Long> unexpectedByName() {
        Map<String, Long> named = new TreeMap<>();
        unexpected.forEach((procedure, counts) ->
                counts.forEach((status, count) -> named.put(procedure + " " + Status.nameOf(status), count)));
        return named;
    }
}
