package org.twinshare.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.bench.WorkloadKind;
import org.twinshare.client.command.Twinmount;

@Tag("alone")
class BenchIT {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void runsEveryWorkloadAgainstARealServer() throws Exception {
        List<String> names = Arrays.stream(WorkloadKind.values())
                .map(WorkloadKind::commandName)
                .toList();

        Ganesha.Outcome outcome = bench(
                "--workload",
                String.join(",", names),
                "--connections=3",
                "--depth=4",
                "--threads=2",
                "--duration=300ms",
                "--warm-up=100ms",
                "--file-size=1M",
                "--files=60",
                "--entries=300",
                "--commit-every=5",
                "--verify");

        assertThat(outcome.exitCode()).as(outcome.err() + outcome.out()).isZero();
        JsonObject report = JsonParser.parseString(outcome.out()).getAsJsonObject();
        List<JsonObject> runs = new ArrayList<>();
        report.getAsJsonArray("runs").forEach(run -> runs.add(run.getAsJsonObject()));
        assertThat(runs).extracting(run -> run.get("workload").getAsString()).isEqualTo(names);
        assertThat(runs).allSatisfy(BenchIT::isWhole);
        assertThat(directory).isEmptyDirectory();
    }

    private static void isWhole(JsonObject run) {
        String name = run.get("workload").getAsString();
        assertThat(run.get("operations").getAsLong()).as(name).isPositive();
        assertThat(run.get("wrong_count").getAsLong()).as(name).isZero();
        assertThat(run.getAsJsonObject("unexpected_statuses").keySet()).as(name).isEmpty();
        // The kernel counts processor time in ticks of 10 ms, and some of these runs are shorter.
        assertThat(run.getAsJsonObject("generator").get("cpu_seconds").getAsDouble())
                .as(name)
                .isNotNegative();
        assertThat(run.getAsJsonObject("server_process")
                        .get("peak_memory_bytes")
                        .getAsLong())
                .as(name)
                .isPositive();
        boolean writes = Set.of("write-random", "write-random-sync", "write-sequential", "overwrite", "create-commit")
                .contains(name);
        if (writes) {
            assertThat(run.getAsJsonObject("verified").get("bytes").getAsLong())
                    .as(name)
                    .isPositive();
        }
    }

    @Test
    void mixesOperationsAsSpecDoes() throws Exception {
        Ganesha.Outcome outcome = bench("--workload=sfs2008", "--files=50", "-n=20000", "--warm-up=0s");

        JsonObject run = onlyRun(outcome);
        JsonObject procedures = run.getAsJsonObject("procedures");
        assertThat(share(procedures, "GETATTR")).isBetween(0.24, 0.28);
        assertThat(share(procedures, "LOOKUP")).isBetween(0.22, 0.26);
        assertThat(share(procedures, "READ")).isBetween(0.16, 0.20);
        assertThat(share(procedures, "WRITE")).isBetween(0.08, 0.12);
        assertThat(procedures.keySet()).hasSize(12);
    }

    private static double share(JsonObject procedures, String name) {
        JsonElement latency = procedures.get(name);
        return latency.getAsJsonObject().get("count").getAsLong() / 20_000.0;
    }

    @Test
    void measuresAHundredClientsWithAndWithoutABulkWriter() throws Exception {
        Ganesha.Outcome outcome = bench(
                "--workload=getattr",
                "--connections=100",
                "--depth=1",
                "--from=127.0.0.1-127.0.0.100",
                "--duration=500ms",
                "--warm-up=100ms",
                "--bulk-writer");

        JsonObject run = onlyRun(outcome);
        JsonObject beside = run.getAsJsonObject("beside_bulk_writer");
        assertThat(run.get("least_busy_connection_operations").getAsLong()).isPositive();
        assertThat(beside.get("bulk_bytes_per_second").getAsDouble()).isPositive();
        assertThat(beside.get("p99_ratio").getAsDouble()).isPositive();
    }

    @Test
    void removesItsFilesWhenItIsInterrupted() throws Exception {
        Path out = Files.createTempFile("bench", ".out");
        Process process = Ganesha.exporting(directory)
                .start(Twinmount.class, out, out, arguments("--workload=create", "--duration=1h"));
        await().atMost(30, TimeUnit.SECONDS).until(() -> filesBelow() > 10);

        process.descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/java"))
                .forEach(ProcessHandle::destroy);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(directory).isEmptyDirectory();
        assertThat(Files.readString(out)).contains("\"workload\": \"create\"");
        Files.delete(out);
    }

    private long filesBelow() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.count();
        }
    }

    private Ganesha.Outcome bench(String... options) throws Exception {
        return Ganesha.exporting(directory).run(Twinmount.class, arguments(options));
    }

    private static String[] arguments(String... options) {
        return Stream.concat(
                        Stream.of("bench", "127.0.0.1:/localData", "--uid=65534", "--gid=65534", "--json"),
                        Stream.of(options))
                .toArray(String[]::new);
    }

    private static JsonObject onlyRun(Ganesha.Outcome outcome) {
        assertThat(outcome.exitCode()).as(outcome.err() + outcome.out()).isZero();
        return JsonParser.parseString(outcome.out())
                .getAsJsonObject()
                .getAsJsonArray("runs")
                .get(0)
                .getAsJsonObject();
    }
}
