package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Switchovers there and back under the load generator, at least 4 seconds apart: every call is answered once and rightly, and
 * what it says of the pauses is printed. {@code -Dtwinshare.switchovers=100} is the long run.
 */
@Tag("alone")
class SwitchoverIT {
    private static final int SWITCHOVERS = Integer.getInteger("twinshare.switchovers", 2);
    private static final Duration APART = Duration.ofSeconds(4);

    @Test
    void theLoadGeneratorGoesOnAndFindsEveryByte() throws Exception {
        try (PairLab pair = new PairLab()) {
            pair.join();
            PairLab.awaitInStep(pair.one);
            Path report = pair.lab.directory("bench").resolve("report");
            Process bench = pair.lab.runs(
                    report,
                    "org.twinshare.client.command.Twinmount",
                    ("bench " + PairLab.SERVICE
                                    + ":/localData --workload create-commit -c 1 -q 1 --reconnect --verify --keep"
                                    + " --warm-up 0s --duration 1000h --json")
                            .split(" "));
            awaitFiles(pair.data("nas1"));

            LabServer primary = pair.one;
            for (int i = 0; i < SWITCHOVERS; i++) {
                primary.twinshare("switchover").orFail();
                primary = pair.other(primary);
                PairLab.awaitInStep(primary);
                Awaitility.await().pollDelay(APART).until(() -> true);
            }
            // Not SIGINT: who is started in the background of a shell never sees that.
            Shell.run("kill", Long.toString(bench.pid())).orFail();
            assertThat(bench.waitFor(5, TimeUnit.MINUTES)).isTrue();

            JsonObject run = run(report);
            JsonObject pauses = run.getAsJsonObject("pauses");
            assertThat(run.get("wrong").toString()).isEqualTo("[]");
            assertThat(run.get("unexpected_statuses").toString()).isEqualTo("{}");
            assertThat(pauses.get("count").getAsInt()).isEqualTo(SWITCHOVERS);
            assertThat(run.getAsJsonObject("verified").get("bytes").getAsLong())
                    .isGreaterThanOrEqualTo(4096 * run.get("operations").getAsLong());
            System.out.println(SWITCHOVERS + " switchovers under twinmount bench; pauses in us: " + pauses);
        }
    }

    private static void awaitFiles(Path data) {
        Awaitility.await("files are written")
                .atMost(Duration.ofMinutes(1))
                .until(() -> !Shell.run("find", data.toString(), "-name", "upload1*", "-size", "4k", "-print", "-quit")
                        .orFail()
                        .isEmpty());
    }

    private static JsonObject run(Path report) throws IOException {
        return JsonParser.parseString(Files.readString(report))
                .getAsJsonObject()
                .getAsJsonArray("runs")
                .get(0)
                .getAsJsonObject();
    }
}
