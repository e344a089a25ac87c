package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.PathMapping;
import org.twinshare.fileserver.server.JournalPlace;
import org.twinshare.fileserver.server.PairConfig;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.RunningServer;
import org.twinshare.fileserver.server.ServeConfig;

/** The commands that ask a running server, as a user runs them. */
final class RunningCommandsIT {
    @TempDir
    private Path base;

    private RunningServer running;

    @BeforeEach
    void serve() throws IOException, Refused {
        Files.createDirectory(base.resolve("data"));
        exports("/localData 192.168.1.2(rw,no_root_squash) 127.0.0.0/8(rw)");
        running = RunningServer.start(
                new ServeConfig(
                        null,
                        BytePath.of("/localData"),
                        base.resolve("exports"),
                        new PathMapping(Map.of(
                                BytePath.of("/localData"),
                                BytePath.of(base.resolve("data").toString()))),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        base.resolve("state"),
                        JournalPlace.in(base.resolve("state")),
                        PairConfig.of("here"),
                        null,
                        false,
                        false,
                        false,
                        1 << 20),
                "test");
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        running.stop(Duration.ofSeconds(1));
    }

    private void exports(String lines) throws IOException {
        Files.writeString(base.resolve("exports"), lines + "\n");
    }

    private Run run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state", base.resolve("state").toString()));
        return Run.of(all.toArray(String[]::new));
    }

    private static JsonObject json(Run run) {
        JsonObject object = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(object.get("output_version").getAsInt()).isEqualTo(1);
        return object;
    }

    @Test
    void exportsListShowsEveryClientWithAllItsOptions() {
        Run run = run("exports", "list");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .hasSize(2)
                .anyMatch(line ->
                        line.startsWith("/localData  192.168.1.2(rw,sync,wdelay,hide,sec=sys,secure,no_root_squash"))
                .anyMatch(line -> line.contains("127.0.0.0/8(rw,sync"));
        JsonObject first = json(run("exports", "list", "--json"))
                .getAsJsonArray("exports")
                .get(0)
                .getAsJsonObject();
        assertThat(first.get("client").getAsString()).isEqualTo("192.168.1.2");
        assertThat(first.get("directory").getAsString())
                .isEqualTo(base.resolve("data").toString());
    }

    @Test
    void exportsExplainSaysWhyOrWhyNot() {
        Run may = run("exports", "explain", "192.168.1.2", "/localData/sub");
        assertThat(may.exitCode()).isZero();
        assertThat(may.out()).contains("192.168.1.2 may mount /localData/sub read-write", "exports:1", "squash:");

        Run mayNot = run("exports", "explain", "10.0.0.1", "/localData");
        assertThat(mayNot.exitCode()).isEqualTo(3);
        assertThat(mayNot.out())
                .contains("10.0.0.1 may not mount /localData", "no client", "add the line  /localData 10.0.0.1(rw)");
        assertThat(json(run("exports", "explain", "--json", "10.0.0.1", "/localData"))
                        .get("granted")
                        .getAsBoolean())
                .isFalse();
    }

    @Test
    void exportsReloadPutsAGoodFileInForceAndLeavesABadOneOut() throws IOException {
        exports("/localData 192.168.1.3(ro)");
        Run good = run("exports", "reload");
        assertThat(good.exitCode()).isZero();
        assertThat(good.err()).contains("Reloaded.");
        assertThat(run("exports", "list").out()).contains("192.168.1.3(ro").doesNotContain("192.168.1.2");

        exports("/localData 192.168.1.4 (rw)");
        Run bad = run("exports", "reload");
        assertThat(bad.exitCode()).isEqualTo(3);
        assertThat(bad.err()).contains("error: space before \"(\"", "the table in force stays");
        assertThat(run("exports", "list").out()).contains("192.168.1.3(ro");
        assertThat(json(run("exports", "reload", "--json")).get("reloaded").getAsBoolean())
                .isFalse();
    }

    @Test
    void statusAndClientsShowThemselvesToPeopleAndPrograms() {
        Run status = run("status");
        assertThat(status.exitCode()).as(status.err()).isZero();
        assertThat(status.out()).contains("server:", "state: ONLINE", "/localData", "errors: none");
        assertThat(run("status", "-x").out()).isEmpty();
        JsonObject object = json(run("status", "--json"));
        assertThat(object.getAsJsonObject("server").get("up_seconds").getAsLong())
                .isNotNegative();
        assertThat(run("clients").out()).startsWith("  CLIENT");
        assertThat(json(run("clients", "--json")).getAsJsonArray("clients")).isEmpty();
    }
}
