package org.twinshare.client.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one workload gave. Rates count from the first call to the last reply of the measured stretch.
 *
 * @param operations what the workload counts as one: a call, or several that belong together
 * @param latency    of operations
 * @param procedures calls and their latencies
 * @param pauses     of connections that were lost and made anew: from the last reply before to the first after it
 * @param unexpected statuses that nobody expected, and how often
 * @param wrong      the first few things that were wrong although the status was OK
 * @param leastBusy  operations of the connection that made fewest
 * @param mostBusy   operations of the connection that made most
 * @param first      the very first operation, where it was measured by itself
 * @param bulk       the same again beside a bulk writer
 */
public record RunReport(
        WorkloadKind workload,
        Map<String, Object> parameters,
        int connections,
        int depth,
        int threads,
        double elapsedSeconds,
        long operations,
        long calls,
        long bytes,
        long entries,
        Latency latency,
        Map<String, Latency> procedures,
        Latency pauses,
        Map<String, Long> unexpected,
        long wrongCount,
        List<String> wrong,
        long leastBusy,
        long mostBusy,
        Generator generator,
        Optional<Server> server,
        Optional<First> first,
        Optional<Verified> verified,
        Optional<Bulk> bulk) {

    /** What the load generator itself used: processor seconds of its whole process, and of how many processors. */
    public record Generator(double cpuSeconds, int processors) {}

    /**
     * What the server used in the measured stretch.
     *
     * @param peakMemoryBytes  the most memory it had so far
     * @param othersCpuSeconds what everyone on this machine but server and generator used: too much spoils the result
     */
    public record Server(double cpuSeconds, long peakMemoryBytes, double othersCpuSeconds) {}

    /** The very first operation. */
    public record First(double elapsedSeconds, long entries) {}

    /** What was read back after measuring. */
    public record Verified(long bytes, long wrongCount, List<String> wrong) {}

    /** The others' figures, and the bulk writer's own rate, while it wrote. */
    public record Bulk(RunReport others, double bytesPerSecond) {}

    /** Whether everything came as expected. */
    public boolean isClean() {
        return unexpected.isEmpty()
                && wrongCount == 0
                && verified.map(Verified::wrongCount).orElse(0L) == 0
                && bulk.map(each -> each.others.isClean()).orElse(true);
    }

    public double operationsPerSecond() {
        return operations / elapsedSeconds;
    }

    public double bytesPerSecond() {
        return bytes / elapsedSeconds;
    }

    public double entriesPerSecond() {
        return entries / elapsedSeconds;
    }

    /** The server's processor seconds for 1,000 operations. */
    public double serverSecondsPerThousand(Server use) {
        return operations == 0 ? 0 : use.cpuSeconds * 1000 / operations;
    }

    /** How many times as long the 99th percentile is beside a bulk writer. */
    public double bulkRatio(Bulk beside) {
        return latency.p99Ns() == 0 ? 0 : (double) beside.others.latency.p99Ns() / latency.p99Ns();
    }

    /** The generator's processor time for one call, in microseconds. */
    public double generatorMicrosPerCall() {
        return calls == 0 ? 0 : generator.cpuSeconds * 1e6 / calls;
    }

    RunReport withVerified(Verified newVerified) {
        return new RunReport(
                workload,
                parameters,
                connections,
                depth,
                threads,
                elapsedSeconds,
                operations,
                calls,
                bytes,
                entries,
                latency,
                procedures,
                pauses,
                unexpected,
                wrongCount,
                wrong,
                leastBusy,
                mostBusy,
                generator,
                server,
                first,
                Optional.of(newVerified),
                bulk);
    }

    RunReport withBulk(Bulk newBulk) {
        return new RunReport(
                workload,
                parameters,
                connections,
                depth,
                threads,
                elapsedSeconds,
                operations,
                calls,
                bytes,
                entries,
                latency,
                procedures,
                pauses,
                unexpected,
                wrongCount,
                wrong,
                leastBusy,
                mostBusy,
                generator,
                server,
                first,
                verified,
                Optional.of(newBulk));
    }
}
