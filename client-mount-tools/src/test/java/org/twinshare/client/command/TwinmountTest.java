package org.twinshare.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.twinshare.client.bench.BenchSettings;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.SourceAddress;
import org.twinshare.client.probe.Stability;
import picocli.CommandLine;

class TwinmountTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void takesOptionsThatSayWhereToAndHow() throws UnknownHostException {
        BenchSettings settings = settings(
                Map.of(),
                "127.0.0.9:/data/web",
                "--port=12049",
                "--mount-port=12050",
                "-c=100",
                "-q=2",
                "--threads=2",
                "--from=127.0.0.1-127.0.0.3,127.0.0.9",
                "--source-ports=ephemeral",
                "--uid=33",
                "--gid=34",
                "--timeout=12s");

        assertThat(settings.target().nfsAddress().getPort()).isEqualTo(12049);
        assertThat(settings.target().mountAddress().getPort()).isEqualTo(12050);
        assertThat(settings.target().host()).isEqualTo(InetAddress.getByName("127.0.0.9"));
        assertThat(settings.target().credential()).isEqualTo(Credential.of(33, 34));
        assertThat(settings.target().source().ports()).isEqualTo(SourceAddress.Ports.EPHEMERAL);
        assertThat(settings.path()).isEqualTo("/data/web");
        assertThat(settings.connections()).isEqualTo(100);
        assertThat(settings.depth()).isEqualTo(2);
        assertThat(settings.threads()).isEqualTo(2);
        assertThat(settings.from()).hasSize(4);
        assertThat(settings.patience()).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void takesOptionsThatSayHowLongAndHowMuch() throws UnknownHostException {
        BenchSettings settings = settings(
                Map.of(),
                "-d=3s",
                "-n=1000",
                "--warm-up=1s",
                "--io-size=4k",
                "--file-size=1G",
                "--files=7",
                "--entries=8",
                "--seed=10");

        assertThat(settings.path()).isEqualTo("/localData");
        assertThat(settings.duration()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.operations()).isEqualTo(OptionalLong.of(1000));
        assertThat(settings.warmUp()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.ioSizeBytes()).isEqualTo(OptionalInt.of(4096));
        assertThat(settings.fileSizeBytes()).isEqualTo(OptionalLong.of(1 << 30));
        assertThat(settings.files()).isEqualTo(OptionalInt.of(7));
        assertThat(settings.entries()).isEqualTo(8);
        assertThat(settings.seed()).isEqualTo(10);
    }

    @Test
    void takesOptionsThatSayWhatElse() throws UnknownHostException {
        BenchSettings settings = settings(
                Map.of(),
                "--directory=a/b",
                "--stable=file_sync",
                "--commit-every=9",
                "--verify",
                "--bulk-writer",
                "--keep",
                "--server-pid=11");

        assertThat(settings.directory()).isEqualTo(Optional.of("a/b"));
        assertThat(settings.stability()).isEqualTo(Optional.of(Stability.FILE_SYNC));
        assertThat(settings.commitEvery()).isEqualTo(9);
        assertThat(settings.verify()).isTrue();
        assertThat(settings.bulkWriter()).isTrue();
        assertThat(settings.keep()).isTrue();
        assertThat(settings.serverPid()).isEqualTo(OptionalLong.of(11));
    }

    @Test
    void takesFromTheEnvironmentWhatTheCommandLineDoesNotSay() throws UnknownHostException {
        Map<String, String> environment = Map.of("TWINSHARE_MOUNT_PORT", "7", "TWINSHARE_PORT", "8");

        BenchSettings settings = settings(environment, "127.0.0.1:/x", "--port=9");

        assertThat(settings.target().mountAddress().getPort()).isEqualTo(7);
        assertThat(settings.target().nfsAddress().getPort()).isEqualTo(9);
    }

    @Test
    void listsTheWorkloads() {
        assertThat(execute("bench", "--list")).isZero();

        assertThat(out.toString()).contains("getattr ").contains("sfs2008").contains("COMMIT at its end");
    }

    @Test
    void saysWhatIsWrongWithACommandLineAndWhatToDo() {
        assertThat(execute("bench", "--mont-port", "3")).isEqualTo(2);
        assertThat(err.toString()).contains("error: Unknown option").contains("remedy: see twinmount bench --help");
        assertThat(execute("bench", "-w", "null", "nonsense")).isEqualTo(2);
        assertThat(err.toString()).contains("'nonsense' is not HOST:/PATH");
        assertThat(execute("bench", "-w", "null", "-c", "0")).isEqualTo(2);
        assertThat(execute("bench", "-w", "nul")).isEqualTo(2);
        assertThat(execute("bench")).isEqualTo(2);
        assertThat(execute()).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void endsWith4WhenNobodyListens() {
        assertThat(execute("bench", "-w", "null", "--port", "1")).isEqualTo(4);

        assertThat(err.toString()).contains("error: no NFS server answers at").contains("remedy:");
    }

    @Test
    void suggestsTheOptionThatWasMeant() {
        execute("bench", "--mount", "3");

        assertThat(err.toString()).contains("did you mean --mount-port?");
    }

    private int execute(String... arguments) {
        return Twinmount.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private static BenchSettings settings(Map<String, String> environment, String... arguments)
            throws UnknownHostException {
        BenchCommand command = new BenchCommand();
        new CommandLine(command)
                .setDefaultValueProvider(new EnvironmentDefaults(environment))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments);
        return command.settings();
    }
}
