package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.twinshare.client.probe.FakeServer;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.Target;

class BenchTest {
    private static final long OPERATIONS = 500;

    private final FakeFiles files = new FakeFiles();
    private final FakeServer server;

    BenchTest() throws IOException {
        server = new FakeServer(files);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void makesAsManyCallsAsItIsToldToAndCountsThem() throws Exception {
        RunReport report = new Bench(settings(3, 4, false), WorkloadKind.NULL).run();

        assertThat(report.isClean()).isTrue();
        assertThat(report.operations()).isEqualTo(OPERATIONS);
        assertThat(report.calls()).isEqualTo(OPERATIONS);
        assertThat(report.procedures()).containsOnlyKeys("NULL");
        assertThat(report.latency().count()).isEqualTo(OPERATIONS);
        assertThat(report.mostBusy()).isEqualTo(167);
        assertThat(report.leastBusy()).isEqualTo(166);
        assertThat(server.received().stream().filter(call -> call.procedure() == 0))
                .hasSize((int) OPERATIONS)
                .extracting(FakeServer.Received::xid)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkloadKind.class,
            names = {
                "READ_RANDOM",
                "READ_SEQUENTIAL",
                "WRITE_RANDOM",
                "WRITE_RANDOM_SYNC",
                "WRITE_SEQUENTIAL",
                "OVERWRITE"
            })
    void readsBackWhatItWrote(WorkloadKind kind) throws Exception {
        RunReport report = new Bench(settings(2, 4, true), kind).run();

        assertThat(report.isClean()).as(TextReport.of(report)).isTrue();
        assertThat(report.bytes()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkloadKind.class,
            names = {"READ_RANDOM", "READ_SEQUENTIAL", "WRITE_RANDOM", "OVERWRITE"})
    void findsAFlippedByte(WorkloadKind kind) throws Exception {
        files.inject(FakeFiles.Fault.FLIPPED_BYTE);

        RunReport report = new Bench(settings(2, 4, true), kind).run();

        assertThat(report.isClean()).isFalse();
        assertThat(TextReport.of(report)).contains("of file 1 is 0x").contains("WRONG");
    }

    @Test
    void findsAReadThatGivesTooLittle() throws Exception {
        files.inject(FakeFiles.Fault.SHORT_READ);

        RunReport report = new Bench(settings(1, 4, false), WorkloadKind.READ_RANDOM).run();

        assertThat(report.wrongCount()).isEqualTo(OPERATIONS);
        assertThat(report.wrong().getFirst()).matches("READ of 4096 bytes at offset \\d+ gave 4092");
    }

    @Test
    void findsAWriteVerifierThatChanges() throws Exception {
        files.inject(FakeFiles.Fault.NEW_VERIFIER);

        RunReport report = new Bench(settings(1, 4, false), WorkloadKind.WRITE_RANDOM).run();

        assertThat(report.isClean()).isFalse();
        assertThat(report.wrong()).contains("the write verifier changed: what was UNSTABLE may be lost");
    }

    @Test
    void listsWholeDirectoriesAndMissesAnEntryThatIsNotThere() throws Exception {
        RunReport whole = new Bench(settings(1, 2, false), WorkloadKind.READDIRPLUS).run();
        files.inject(FakeFiles.Fault.MISSING_ENTRY);
        RunReport cut = new Bench(settings(1, 2, false), WorkloadKind.READDIRPLUS).run();

        assertThat(whole.isClean()).as(TextReport.of(whole)).isTrue();
        assertThat(whole.entries()).isEqualTo(10 * OPERATIONS);
        assertThat(whole.calls()).isEqualTo(2 * OPERATIONS);
        assertThat(whole.first()).map(RunReport.First::entries).contains(10L);
        assertThat(cut.wrong()).contains("a listing gave 9 entries instead of 10");
    }

    @Test
    void countsStatusesThatNobodyExpects() throws Exception {
        files.failWith(Procedure.GETATTR, 70);

        RunReport report = new Bench(settings(1, 1, false), WorkloadKind.GETATTR).run();

        assertThat(report.isClean()).isFalse();
        assertThat(report.unexpected()).containsEntry("GETATTR STALE", OPERATIONS);
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeFiles.Fault.class,
            names = {"OTHER_TRANSACTION", "SAME_REPLY_TWICE"})
    void breaksOffWhenAReplyIsToNoCall(FakeFiles.Fault fault) {
        files.inject(fault);

        assertThatThrownBy(() -> new Bench(settings(1, 1, false), WorkloadKind.NULL).run())
                .isInstanceOfSatisfying(
                        BenchException.class,
                        failure -> assertThat(failure.problem().cause())
                                .startsWith("the server answered what was not asked"));
    }

    @Test
    void breaksOffWhenTheServerFallsSilent() {
        files.inject(FakeFiles.Fault.SILENCE);

        assertThatThrownBy(() -> new Bench(settings(1, 1, false), WorkloadKind.NULL).run())
                .isInstanceOfSatisfying(
                        BenchException.class,
                        failure -> assertThat(failure.problem().cause()).startsWith("the server answered nothing for"));
    }

    @Test
    void saysThatFilesCannotBeMade() {
        files.failWith(Procedure.MKDIR, 13);

        assertThatThrownBy(() -> new Bench(settings(1, 1, false), WorkloadKind.NULL).run())
                .isInstanceOfSatisfying(BenchException.class, failure -> {
                    assertThat(failure.isUnreachable()).isFalse();
                    assertThat(failure.problem().cause()).isEqualTo("MKDIR answered ACCES");
                });
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        int freed;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freed = listener.getLocalPort();
        }
        BenchSettings settings = settings(Target.at("127.0.0.1", freed), 1, 1, false);

        assertThatThrownBy(() -> new Bench(settings, WorkloadKind.NULL).run())
                .isInstanceOfSatisfying(
                        BenchException.class,
                        failure -> assertThat(failure.isUnreachable()).isTrue());
    }

    @Test
    void endsSoonWhenItIsStopped() throws Exception {
        Bench bench = new Bench(settings(1, 1, false), WorkloadKind.NULL);
        bench.stop();

        assertThat(bench.run().calls()).isZero();
    }

    @Test
    void connectsFromEveryAddressInTurn() throws Exception {
        new Bench(settings(5, 1, false), WorkloadKind.NULL).run();

        assertThat(server.sockets())
                .extracting(socket -> socket.getInetAddress().getHostAddress())
                .contains("127.0.0.11", "127.0.0.12", "127.0.0.13");
    }

    @Test
    void givesJsonWithAVersionAndUnitsInItsNames() throws Exception {
        RunReport report = new Bench(settings(1, 2, true), WorkloadKind.READDIRPLUS).run();

        JsonObject json = JsonParser.parseString(JsonReport.of("127.0.0.1:/localData", List.of(report)))
                .getAsJsonObject();
        JsonObject run = json.getAsJsonArray("runs").get(0).getAsJsonObject();

        assertThat(json.keySet())
                .isEqualTo(Set.of("output_version", "server", "clean", "latency_error_percent", "runs"));
        assertThat(json.get("output_version").getAsInt()).isEqualTo(1);
        assertThat(json.get("latency_error_percent").getAsDouble()).isEqualTo(0.1);
        assertThat(run.keySet())
                .contains(
                        "workload",
                        "parameters",
                        "elapsed_seconds",
                        "operations_per_second",
                        "entries_per_second",
                        "bytes_per_second",
                        "latency",
                        "procedures",
                        "unexpected_statuses",
                        "wrong_count",
                        "generator",
                        "server_process",
                        "first",
                        "verified");
        assertThat(run.getAsJsonObject("latency").keySet())
                .isEqualTo(Set.of("count", "p50_us", "p90_us", "p99_us", "p99.9_us", "max_us"));
        assertThat(run.getAsJsonObject("procedures").keySet()).containsExactly("READDIRPLUS");
        assertThat(run.getAsJsonObject("server_process").keySet())
                .contains("cpu_seconds", "cpu_seconds_per_1000_operations", "peak_memory_bytes");
    }

    private BenchSettings settings(int connections, int depth, boolean verify) throws IOException {
        return settings(server.target(), connections, depth, verify);
    }

    private static BenchSettings settings(Target target, int connections, int depth, boolean verify)
            throws IOException {
        return new BenchSettings(
                target,
                "/localData",
                connections,
                depth,
                2,
                Duration.ofSeconds(1),
                OptionalLong.of(OPERATIONS),
                Duration.ZERO,
                List.of(
                        InetAddress.getByName("127.0.0.11"),
                        InetAddress.getByName("127.0.0.12"),
                        InetAddress.getByName("127.0.0.13")),
                OptionalInt.of(4096),
                OptionalLong.of(64 << 10),
                OptionalInt.of(2),
                10,
                Optional.empty(),
                3,
                Optional.empty(),
                verify,
                false,
                false,
                7,
                false,
                OptionalLong.of(ProcessHandle.current().pid()),
                Duration.ofMillis(500));
    }
}
