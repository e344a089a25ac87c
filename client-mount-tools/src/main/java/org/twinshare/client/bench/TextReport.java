package org.twinshare.client.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;
import java.util.Map;

/** The report for people: a few lines for each run. Stateless. */
public final class TextReport {
    private static final double MIB = 1 << 20;

    private TextReport() {}

    public static String of(RunReport run) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s: %d connection%s x %d in flight, %d thread%s, %.1f s   %s",
                run.workload().commandName(),
                run.connections(),
                run.connections() == 1 ? "" : "s",
                run.depth(),
                run.threads(),
                run.threads() == 1 ? "" : "s",
                run.elapsedSeconds(),
                parameters(run.parameters()));
        // Of large operations there are few in a second.
        int decimals = run.operationsPerSecond() < 100 ? 2 : 0;
        line(text, "  %s operations/s%s", number(run.operationsPerSecond(), decimals), volumes(run));
        table(text, run);
        run.first()
                .ifPresent(first -> line(
                        text,
                        "  first: %.1f ms, %,.0f entries/s",
                        first.elapsedSeconds() * 1e3,
                        first.entries() / first.elapsedSeconds()));
        if (run.connections() > 1) {
            line(text, "  per connection: %,d to %,d operations", run.leastBusy(), run.mostBusy());
        }
        processes(text, run);
        faults(text, run);
        run.bulk().ifPresent(bulk -> {
            line(
                    text,
                    "  beside a bulk writer (%,.0f MiB/s): p99 is %.2f times as long",
                    bulk.bytesPerSecond() / MIB,
                    run.bulkRatio(bulk));
            text.append(of(bulk.others()).indent(2));
        });
        return text.toString();
    }

    private static String number(double value, int decimals) {
        return String.format(Locale.ROOT, decimals == 0 ? "%,.0f" : "%,.2f", value);
    }

    private static String parameters(Map<String, Object> parameters) {
        StringBuilder text = new StringBuilder();
        parameters.forEach((name, value) ->
                text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(value));
        return text.toString();
    }

    private static String volumes(RunReport run) {
        String bytes = run.bytes() == 0 ? "" : String.format(Locale.ROOT, ", %,.1f MiB/s", run.bytesPerSecond() / MIB);
        String entries =
                run.entries() == 0 ? "" : String.format(Locale.ROOT, ", %,.0f entries/s", run.entriesPerSecond());
        return bytes + entries;
    }

    private static void table(StringBuilder text, RunReport run) {
        line(
                text,
                "  %-12s %10s %10s %10s %10s %10s %10s",
                "us +- 0.1 %",
                "count",
                "p50",
                "p90",
                "p99",
                "p99.9",
                "max");
        row(text, "operation", run.latency());
        run.procedures().forEach((name, latency) -> row(text, name, latency));
        if (run.pauses().count() > 0) {
            row(text, "reconnected", run.pauses());
        }
    }

    private static void row(StringBuilder text, String name, Latency latency) {
        line(
                text,
                "  %-12s %10d %10.0f %10.0f %10.0f %10.0f %10.0f",
                name,
                latency.count(),
                latency.p50Ns() / 1e3,
                latency.p90Ns() / 1e3,
                latency.p99Ns() / 1e3,
                latency.p999Ns() / 1e3,
                latency.maxNs() / 1e3);
    }

    private static void processes(StringBuilder text, RunReport run) {
        line(
                text,
                "  generator: %.2f s CPU, %.0f %% of one of %d processors, %.2f us a call",
                run.generator().cpuSeconds(),
                100 * run.generator().cpuSeconds() / run.elapsedSeconds(),
                run.generator().processors(),
                run.generatorMicrosPerCall());
        run.server().ifPresent(server -> server(text, run, server));
    }

    private static void server(StringBuilder text, RunReport run, RunReport.Server server) {
        line(
                text,
                "  server: %.2f s CPU, %.0f %% of one, %.4f s for 1,000 operations, peak memory %,.0f MiB",
                server.cpuSeconds(),
                100 * server.cpuSeconds() / run.elapsedSeconds(),
                run.serverSecondsPerThousand(server),
                server.peakMemoryBytes() / MIB);
        line(
                text,
                "  other processes: %.2f s CPU, %.0f %% of one",
                server.othersCpuSeconds(),
                100 * server.othersCpuSeconds() / run.elapsedSeconds());
    }

    private static void faults(StringBuilder text, RunReport run) {
        run.unexpected().forEach((status, count) -> line(text, "  UNEXPECTED: %s, %,d times", status, count));
        if (run.wrongCount() > 0) {
            line(text, "  WRONG: %,d times", run.wrongCount());
            run.wrong().forEach(each -> line(text, "    %s", each));
        }
        run.verified()
                .filter(verified -> verified.bytes() + verified.wrongCount() > 0)
                .ifPresent(verified -> {
                    line(
                            text,
                            "  read back: %,d bytes, %s",
                            verified.bytes(),
                            verified.wrongCount() == 0 ? "all right" : "WRONG " + verified.wrongCount() + " times");
                    verified.wrong().forEach(each -> line(text, "    %s", each));
                });
    }

    @FormatMethod
    private static void line(StringBuilder text, @FormatString String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
