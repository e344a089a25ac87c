package org.twinshare.client.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes the table of two servers side by side from reports of the same runs against each: medians, ratios, what each
 * operation cost. A report is a file {@code SERVER.TURN.LABEL.json}. Not thread-safe.
 */
public final class Comparison {
    private static final double MIB = 1 << 20;
    private static final int LONGEST_FAULT = 300;

    /** The goals are those of the project for the second server against NFS-Ganesha on the same machine. */
    private static final List<ComparisonRow> ROWS = List.of(
            ComparisonRow.operations("null", "NULL, 32 in flight").goal(2.8),
            ComparisonRow.operations("getattr", "GETATTR, 32 in flight").goal(2.5),
            ComparisonRow.operations("lookup", "LOOKUP, 32 in flight").goal(2.5),
            ComparisonRow.operations("access", "ACCESS, 32 in flight").goal(2.5),
            ComparisonRow.operations("getattr-1", "GETATTR, one at a time").goal(1),
            ComparisonRow.operations("lookup-1", "LOOKUP, one at a time").goal(1),
            ComparisonRow.operations("access-1", "ACCESS, one at a time").goal(1),
            ComparisonRow.operations("read-random", "READ, 4 KiB at random, 32 in flight")
                    .goal(2),
            ComparisonRow.entries("readdirplus", "READDIRPLUS, 10,000 entries, repeated", "entries_per_second")
                    .goal(1),
            ComparisonRow.entries("readdirplus", "READDIRPLUS, 10,000 entries, first", "first/entries_per_second")
                    .goal(1),
            ComparisonRow.bytes("read-sequential", "READ, 1 MiB in sequence, cached")
                    .goal(1),
            ComparisonRow.bytes("overwrite", "WRITE, 1 MiB over a cached file, COMMIT")
                    .goal(1.2),
            ComparisonRow.bytes("write-sequential", "WRITE, 1 MiB, new file, COMMIT"),
            ComparisonRow.operations("write-random", "WRITE, 4 KiB at random, COMMIT each 64"),
            ComparisonRow.operations("write-random-sync", "WRITE, 4 KiB at random, FILE_SYNC"),
            ComparisonRow.operations("create-1", "CREATE, one at a time"),
            ComparisonRow.operations("create", "CREATE, one directory"),
            ComparisonRow.operations("create-spread", "CREATE, four directories"),
            ComparisonRow.operations("create-commit", "CREATE, WRITE 4 KiB, COMMIT"),
            ComparisonRow.operations("create-commit-1", "CREATE, WRITE 4 KiB, COMMIT, one at a time"),
            ComparisonRow.operations("create-commit-200k", "CREATE, WRITE 200 KiB, COMMIT"),
            ComparisonRow.operations("create-commit-1m", "CREATE, WRITE 1 MiB, COMMIT"),
            ComparisonRow.operations("create-sync", "CREATE, WRITE 4 KiB FILE_SYNC"),
            ComparisonRow.operations("remove", "REMOVE"),
            ComparisonRow.operations("mkdir-rmdir", "MKDIR and RMDIR"),
            ComparisonRow.operations("rename", "RENAME"),
            ComparisonRow.operations("sfs2008", "SPECsfs2008 mix"),
            ComparisonRow.operations("fair", "GETATTR, 100 connections, 100 addresses"),
            ComparisonRow.times("fair", "their p99 beside a bulk writer", "beside_bulk_writer/p99_ratio")
                    .goal(3));

    private final Map<String, List<JsonObject>> runs = new HashMap<>();
    private final Map<String, String> faults = new TreeMap<>();
    private final String base;
    private final String other;

    private Comparison(String base, String other) {
        this.base = base;
        this.other = other;
    }

    /**
     * Reads the reports in a directory and gives the table in Markdown.
     *
     * @param base  the server that the other is divided by; both as they are called in the names of the files
     * @throws IOException when a file cannot be read
     */
    public static String table(Path directory, String base, String other) throws IOException {
        Comparison comparison = new Comparison(base, other);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
            for (Path file : files) {
                comparison.add(file);
            }
        }
        return comparison.table();
    }

    private void add(Path file) throws IOException {
        String[] parts = file.getFileName().toString().split("\\.", 4);
        JsonObject report = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonObject run = report.getAsJsonArray("runs").get(0).getAsJsonObject();
        if (!report.get("clean").getAsBoolean()) {
            faults.put(parts[0] + ", turn " + parts[1] + ", " + parts[2], faultsOf(run));
        }
        runs.computeIfAbsent(key(parts[0], parts[2]), name -> new ArrayList<>()).add(run);
    }

    private static String faultsOf(JsonObject run) {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("unexpected_statuses", "wrong", "verified", "beside_bulk_writer")) {
            if (run.has(name)) {
                String value = run.get(name).toString();
                text.append(' ').append(name).append(": ").append(value, 0, Math.min(value.length(), LONGEST_FAULT));
            }
        }
        return text.toString();
    }

    private static String key(String server, String label) {
        return server + "." + label;
    }

    private String table() {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "| | unit | %s | %s | ratio | goal | CPU s / 1,000 calls: %s | %s | generator CPU: %s | %s |"
                        .formatted(base, other, base, other, base, other));
        line(text, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        ROWS.forEach(row -> row(text, row));
        line(text, "");
        line(
                text,
                "Peak memory under all of this: %s %s, %s %s. Other processes had up to %s of the machine in a run."
                        .formatted(
                                base, peak(base), other, peak(other), percent(highest("others_cpu_share_of_machine"))));
        line(text, "Runs with a status or a byte not as expected: %d.".formatted(faults.size()));
        faults.forEach((run, fault) -> line(text, "- " + run + ":" + fault));
        return text.toString();
    }

    private void row(StringBuilder text, ComparisonRow row) {
        OptionalDouble first = median(base, row.label(), row.figure());
        OptionalDouble second = median(other, row.label(), row.figure());
        if (first.isEmpty() && second.isEmpty()) {
            return;
        }
        String costs = row.showsCosts()
                ? "%s | %s | %s | %s".formatted(cost(base, row), cost(other, row), share(base, row), share(other, row))
                : "| | |";
        line(
                text,
                "| %s | %s | %s | %s | %s | %s | %s |"
                        .formatted(
                                row.title(),
                                row.unit().text(),
                                number(first, row),
                                number(second, row),
                                ratio(row, first, second),
                                goal(row, first, second),
                                costs));
    }

    private static String number(OptionalDouble figure, ComparisonRow row) {
        String format = row.unit() == ComparisonRow.Unit.TIMES ? "%.2f" : "%,.0f";
        return figure.isEmpty() ? "-" : String.format(Locale.ROOT, format, figure.getAsDouble() / row.scale());
    }

    private static String ratio(ComparisonRow row, OptionalDouble first, OptionalDouble second) {
        boolean known = first.isPresent() && second.isPresent() && row.unit() != ComparisonRow.Unit.TIMES;
        return known ? String.format(Locale.ROOT, "%.2f", second.getAsDouble() / first.getAsDouble()) : "";
    }

    private static String goal(ComparisonRow row, OptionalDouble first, OptionalDouble second) {
        if (row.goal().isEmpty()) {
            return "";
        }
        double goal = row.goal().getAsDouble();
        boolean most = row.unit() == ComparisonRow.Unit.TIMES;
        String text = (most ? "<= " : ">= ") + goal;
        if (second.isEmpty() || (first.isEmpty() && !most)) {
            return text;
        }
        boolean met = most ? second.getAsDouble() <= goal : second.getAsDouble() / first.getAsDouble() >= goal;
        return text + (met ? " met" : " MISSED");
    }

    private String cost(String server, ComparisonRow row) {
        OptionalDouble cost = median(server, row.label(), "server_process/cpu_seconds_per_1000_calls");
        return cost.isEmpty() ? "-" : String.format(Locale.ROOT, "%.4f", cost.getAsDouble());
    }

    private String share(String server, ComparisonRow row) {
        OptionalDouble share = median(server, row.label(), "generator/cpu_share_of_one");
        return percent(share);
    }

    private static String percent(OptionalDouble share) {
        return share.isEmpty() ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share.getAsDouble());
    }

    private OptionalDouble highest(String path) {
        return runs.values().stream()
                .flatMap(List::stream)
                .map(run -> figure(run, path))
                .flatMapToDouble(OptionalDouble::stream)
                .max();
    }

    private String peak(String server) {
        double bytes = all(server)
                .map(run -> figure(run, "server_process/peak_memory_bytes"))
                .flatMapToDouble(OptionalDouble::stream)
                .max()
                .orElse(0);
        return bytes == 0 ? "-" : String.format(Locale.ROOT, "%,.0f MiB", bytes / MIB);
    }

    private Stream<JsonObject> all(String server) {
        return runs.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(server + "."))
                .flatMap(entry -> entry.getValue().stream());
    }

    private OptionalDouble median(String server, String label, String path) {
        double[] values = runs.getOrDefault(key(server, label), List.of()).stream()
                .map(run -> figure(run, path))
                .flatMapToDouble(OptionalDouble::stream)
                .sorted()
                .toArray();
        if (values.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = values.length / 2;
        return OptionalDouble.of(values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
    }

    private static OptionalDouble figure(JsonObject run, String path) {
        JsonElement value = run;
        for (String name : path.split("/", -1)) {
            if (value == null || !value.isJsonObject()) {
                return OptionalDouble.empty();
            }
            value = value.getAsJsonObject().get(name);
        }
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.getAsDouble());
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
