package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hundred clients at once, each at an address of its own: none is forgotten, and one that writes without end slows nobody down. */
@Tag("alone")
class FairIT {
    private static Lab lab;
    private static LabServer server;
    private static Path data;

    @BeforeAll
    static void serve() throws IOException {
        lab = Lab.open();
        data = lab.directory("data");
        Path exports = Files.writeString(
                lab.directory("settings").resolve("exports"), data + " 127.0.0.0/8(rw,no_root_squash)\n");
        server = lab.serve("--exports", exports.toString());
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static JsonObject bench(String... options) {
        List<String> words = new ArrayList<>(List.of(
                "bench",
                "127.0.0.1:" + data,
                "--json",
                "--server-pid",
                Long.toString(server.pid()),
                "--warm-up=1s",
                "--files=100"));
        words.addAll(List.of(options));
        String report = lab.inNetwork(Duration.ofMinutes(5), Lab.java("org.twinshare.client.command.Twinmount", words))
                .orFail();
        return JsonParser.parseString(report)
                .getAsJsonObject()
                .getAsJsonArray("runs")
                .get(0)
                .getAsJsonObject();
    }

    @Test
    void oneBulkWriterDoesNotRaiseTheOthersLatencyThreefold() {
        JsonObject run = bench(
                "--workload=getattr",
                "--connections=100",
                "--depth=1",
                "--from=127.0.0.1-127.0.0.100",
                "--duration=3s",
                "--bulk-writer");

        JsonObject beside = run.getAsJsonObject("beside_bulk_writer");
        System.out.printf(
                "100 clients: %.0f calls/s, p99 %.1f ms; beside a writer of %.0f MB/s p99 is %.2f times that%n",
                run.get("calls_per_second").getAsDouble(),
                run.getAsJsonObject("latency").get("p99_us").getAsDouble() / 1000,
                beside.get("bulk_bytes_per_second").getAsDouble() / 1e6,
                beside.get("p99_ratio").getAsDouble());
        assertThat(beside.get("bulk_bytes_per_second").getAsDouble()).isPositive();
        assertThat(beside.get("p99_ratio").getAsDouble()).isLessThan(3);
        assertEachHasItsShare(run);
        assertEachHasItsShare(beside.getAsJsonObject("others"));
    }

    /** A hundredth each would be fair. */
    private static void assertEachHasItsShare(JsonObject run) {
        long calls = run.get("calls").getAsLong();
        assertThat(run.get("least_busy_connection_operations").getAsLong()).isGreaterThan(calls / 300);
        assertThat(run.get("most_busy_connection_operations").getAsLong()).isLessThan(calls / 30);
    }

    @Test
    void theLoadGeneratorNeedsLessOfTheProcessorThanTheServer() {
        JsonObject run = bench("--workload=getattr", "--connections=4", "--depth=8", "--duration=3s");

        double generator = run.getAsJsonObject("generator").get("cpu_seconds").getAsDouble();
        double served = run.getAsJsonObject("server_process").get("cpu_seconds").getAsDouble();
        System.out.printf("GETATTR: %.1f s of the processor to ask, %.1f s to answer%n", generator, served);
        assertThat(generator).isPositive().isLessThan(served);
    }
}
