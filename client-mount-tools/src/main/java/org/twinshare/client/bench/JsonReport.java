package org.twinshare.client.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * The report for programs: one object with {@code output_version} and an array of runs. Times are in the unit that the
 * name ends with, sizes in bytes. A name that is there stays; new ones may come. Stateless.
 */
public final class JsonReport {
    public static final int OUTPUT_VERSION = 1;

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private JsonReport() {}

    /**
     * The whole report.
     *
     * @param server what was measured, as the user named it
     */
    public static String of(String server, List<RunReport> runs) {
        JsonObject json = new JsonObject();
        json.addProperty("output_version", OUTPUT_VERSION);
        json.addProperty("server", server);
        json.addProperty("clean", runs.stream().allMatch(RunReport::isClean));
        json.addProperty("latency_error_percent", Math.pow(10, 2 - Tally.SIGNIFICANT_DIGITS));
        JsonArray array = new JsonArray();
        runs.forEach(run -> array.add(of(run)));
        json.add("runs", array);
        return GSON.toJson(json);
    }

    private static JsonObject of(RunReport run) {
        JsonObject json = new JsonObject();
        json.addProperty("workload", run.workload().commandName());
        json.add("parameters", GSON.toJsonTree(run.parameters()));
        json.addProperty("connections", run.connections());
        json.addProperty("depth", run.depth());
        json.addProperty("threads", run.threads());
        json.addProperty("elapsed_seconds", run.elapsedSeconds());
        json.addProperty("operations", run.operations());
        json.addProperty("operations_per_second", run.operationsPerSecond());
        json.addProperty("calls", run.calls());
        json.addProperty("calls_per_second", run.calls() / run.elapsedSeconds());
        json.addProperty("bytes_per_second", run.bytesPerSecond());
        json.addProperty("entries_per_second", run.entriesPerSecond());
        json.add("latency", of(run.latency()));
        JsonObject procedures = new JsonObject();
        run.procedures().forEach((name, latency) -> procedures.add(name, of(latency)));
        json.add("procedures", procedures);
        json.addProperty("least_busy_connection_operations", run.leastBusy());
        json.addProperty("most_busy_connection_operations", run.mostBusy());
        json.add("pauses", of(run.pauses()));
        addFaults(json, run.unexpected(), run.wrongCount(), run.wrong());
        addProcesses(json, run);
        addExtras(json, run);
        return json;
    }

    private static void addFaults(JsonObject json, Map<String, Long> unexpected, long wrongCount, List<String> wrong) {
        json.add("unexpected_statuses", GSON.toJsonTree(unexpected));
        json.addProperty("wrong_count", wrongCount);
        json.add("wrong", GSON.toJsonTree(wrong));
    }

    private static void addProcesses(JsonObject json, RunReport run) {
        JsonObject generator = new JsonObject();
        generator.addProperty("cpu_seconds", run.generator().cpuSeconds());
        generator.addProperty("cpu_share_of_one", run.generator().cpuSeconds() / run.elapsedSeconds());
        generator.addProperty("cpu_us_per_call", run.generatorMicrosPerCall());
        generator.addProperty("processors", run.generator().processors());
        json.add("generator", generator);
        run.server().ifPresent(use -> {
            JsonObject server = new JsonObject();
            server.addProperty("cpu_seconds", use.cpuSeconds());
            server.addProperty("cpu_share_of_one", use.cpuSeconds() / run.elapsedSeconds());
            server.addProperty("cpu_seconds_per_1000_operations", run.serverSecondsPerThousand(use));
            server.addProperty(
                    "cpu_seconds_per_1000_calls", run.calls() == 0 ? 0 : use.cpuSeconds() * 1000 / run.calls());
            server.addProperty("peak_memory_bytes", use.peakMemoryBytes());
            json.add("server_process", server);
            json.addProperty(
                    "others_cpu_share_of_machine",
                    use.othersCpuSeconds()
                            / run.elapsedSeconds()
                            / run.generator().processors());
        });
    }

    private static void addExtras(JsonObject json, RunReport run) {
        run.first().ifPresent(first -> {
            JsonObject each = new JsonObject();
            each.addProperty("elapsed_seconds", first.elapsedSeconds());
            each.addProperty("entries", first.entries());
            each.addProperty("entries_per_second", first.entries() / first.elapsedSeconds());
            json.add("first", each);
        });
        run.verified().ifPresent(verified -> {
            JsonObject each = new JsonObject();
            each.addProperty("bytes", verified.bytes());
            each.addProperty("wrong_count", verified.wrongCount());
            each.add("wrong", GSON.toJsonTree(verified.wrong()));
            json.add("verified", each);
        });
        run.bulk().ifPresent(bulk -> {
            JsonObject each = new JsonObject();
            each.addProperty("bulk_bytes_per_second", bulk.bytesPerSecond());
            each.addProperty("p99_ratio", run.bulkRatio(bulk));
            each.add("others", of(bulk.others()));
            json.add("beside_bulk_writer", each);
        });
    }

    private static JsonObject of(Latency latency) {
        JsonObject json = new JsonObject();
        json.addProperty("count", latency.count());
        json.addProperty("p50_us", latency.p50Ns() / 1e3);
        json.addProperty("p90_us", latency.p90Ns() / 1e3);
        json.addProperty("p99_us", latency.p99Ns() / 1e3);
        json.addProperty("p99.9_us", latency.p999Ns() / 1e3);
        json.addProperty("max_us", latency.maxNs() / 1e3);
        return json;
    }
}
