package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void dividesTheMediansAndSaysWhichGoalsAreMet() throws IOException {
        for (int turn = 1; turn <= 3; turn++) {
            report("ganesha", turn, "null", turn * 1000);
            report("twinshare", turn, "null", turn * 3000);
            report("ganesha", turn, "getattr", 1000);
            report("twinshare", turn, "getattr", 2000);
        }

        List<String> lines =
                Comparison.table(directory, "ganesha", "twinshare").lines().toList();

        assertThat(lines)
                .contains(
                        "| NULL, 32 in flight | op/s | 2,000 | 6,000 | 3.00 | >= 2.8 met | 0.0300 | 0.0300 | 25 % | 25 % |",
                        "| GETATTR, 32 in flight | op/s | 1,000 | 2,000 | 2.00 | >= 2.5 MISSED | 0.0300 | 0.0300 | 25 % | 25 % |");
        assertThat(lines)
                .endsWith(
                        "Peak memory under all of this: ganesha 64 MiB, twinshare 64 MiB."
                                + " Other processes had up to 10 % of the machine in a run.",
                        "Runs with a status or a byte not as expected: 0.");
    }

    @Test
    void leavesOutWhatWasNotRunAndStandsOneServerAlone() throws IOException {
        report("ganesha", 1, "overwrite", 5);

        List<String> lines =
                Comparison.table(directory, "ganesha", "twinshare").lines().toList();

        assertThat(lines).hasSize(6);
        assertThat(lines.get(2))
                .isEqualTo(
                        "| WRITE, 1 MiB over a cached file, COMMIT | MiB/s | 512 | - |  | >= 1.2 | 0.0300 | - | 25 % | - |");
    }

    @Test
    void judgesTheBulkWriterByTheSecondServerAlone() throws IOException {
        report("twinshare", 1, "fair", 5);

        assertThat(Comparison.table(directory, "ganesha", "twinshare"))
                .contains("| their p99 beside a bulk writer | times | - | 2.50 |  | <= 3.0 met | | | | |");
    }

    @Test
    void namesTheRunsWithFaults() throws IOException {
        report("twinshare", 1, "null", 5);
        Path file = directory.resolve("twinshare.1.null.json");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("\"clean\": true", "\"clean\": false")
                        .replace("\"generator\"", "\"unexpected_statuses\": {\"NULL IO\": 7}, \"generator\""));

        assertThat(Comparison.table(directory, "ganesha", "twinshare"))
                .contains("not as expected: 1.")
                .contains("- twinshare, turn 1, null: unexpected_statuses: {\"NULL IO\":7}");
    }

    private void report(String server, int turn, String label, int rate) throws IOException {
        String json = """
                {"clean": true, "runs": [{
                  "operations_per_second": %d, "bytes_per_second": %d,
                  "generator": {"cpu_share_of_one": 0.25}, "others_cpu_share_of_machine": 0.1,
                  "server_process": {"cpu_seconds_per_1000_calls": 0.03, "peak_memory_bytes": %d},
                  "beside_bulk_writer": {"p99_ratio": 2.5}}]}
                """.formatted(rate, 512L << 20, 64 << 20);
        Files.writeString(directory.resolve("%s.%d.%s.json".formatted(server, turn, label)), json);
    }
}
