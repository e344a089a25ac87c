package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.lab.JavaCommand;
import org.twinshare.fileserver.lab.LoneNamespace;
import org.twinshare.fileserver.lab.Shell;

/** The firewall's lines, with the real nft in front of a server. */
final class FirewallIT {
    private static final String NODE = "10.98.0.1";
    private static final String OTHER_SERVER = "10.98.2.1";
    private static final String STRANGER = "10.98.1.1";
    /** As the settings have them: NFS, portmapper, rsync, news of releases. */
    private static final List<Integer> OF_NODES = List.of(2049, 111, 873, 2051);

    private static final int OF_THE_PAIR = 2050;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path base;

    private LoneNamespace namespace;
    private @Nullable Process server;

    @BeforeEach
    void openNamespace() {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/usr/sbin/nft")) && Files.exists(Path.of("/usr/sbin/rpcinfo")),
                "nftables and rpcbind are needed; ./test installs them");
        namespace = LoneNamespace.open("twfw", NODE, OTHER_SERVER, STRANGER);
    }

    @AfterEach
    void closeNamespace() throws InterruptedException {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private Shell.Result inside(String... words) {
        return Shell.run(namespace.inside(List.of(words)).toArray(String[]::new));
    }

    private boolean reaches(String from, int port) {
        return inside("timeout", "-s", "KILL", "10", "bash", "-c", "exec 3<>/dev/tcp/" + from + "/" + port)
                        .exitCode()
                == 0;
    }

    private List<Integer> reached(String from) {
        List<Integer> all = new ArrayList<>(OF_NODES);
        all.add(OF_THE_PAIR);
        return all.stream().filter(port -> reaches(from, port)).toList();
    }

    private boolean reachesPortmapperByUdp(String from) {
        return inside("timeout", "-s", "KILL", "5", "rpcinfo", "-u", from, "portmapper")
                        .exitCode()
                == 0;
    }

    private void serve() throws IOException {
        Path data = Files.createDirectory(base.resolve("data"));
        Path work = Files.createDirectory(base.resolve("work"));
        Path settings = Files.writeString(base.resolve("twinshare.conf"), """
                [source.www]
                path = "%s"
                nodes = ["10.98.0.0/24"]
                """.formatted(work));
        // Whom no line admits the portmapper does not answer either.
        Path exports = Files.writeString(base.resolve("exports"), data + " 10.98.0.0/16(rw)\n");
        Path state = base.resolve("state");
        Path log = base.resolve("log");
        List<String> command = namespace.inside(JavaCommand.of(
                List.of("-Xmx192m"),
                "org.twinshare.fileserver.command.Twinshare",
                List.of(
                        "serve",
                        "--exports",
                        exports.toString(),
                        "--state",
                        state.toString(),
                        "--config",
                        settings.toString(),
                        "--name",
                        "nas1",
                        "--http",
                        "off")));
        server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await("the server serves")
                .atMost(PATIENCE)
                .until(() -> Files.readString(log).contains("Stop:"));
        // From then on it listens for the other server too.
        Run add = Run.of("standby", "add", OTHER_SERVER, "--state", state.toString());
        assertThat(add.exitCode()).as(add.err()).isZero();
        Awaitility.await("rsync listens").atMost(PATIENCE).until(() -> reaches(NODE, 873));
    }

    @Test
    void theLinesLetTheWebNodesAndTheOtherServerIn() throws Exception {
        serve();
        assertThat(reached(STRANGER)).contains(2049, 111, 2051, OF_THE_PAIR);
        assertThat(reachesPortmapperByUdp(STRANGER)).isTrue();
        // As many tables end.
        inside("nft", "add table inet filter").orFail();
        inside("nft", "add chain inet filter input { type filter hook input priority 0; }")
                .orFail();
        inside("nft", "add rule inet filter input ct state established,related accept")
                .orFail();
        inside("nft", "add rule inet filter input reject").orFail();
        assertThat(reached(NODE)).isEmpty();
        assertThat(reachesPortmapperByUdp(NODE)).isFalse();

        Run.of("serve", "--print-ports")
                .out()
                .lines()
                .filter(line -> line.startsWith("nft "))
                .map(line -> line.replace("192.168.1.0/24", "10.98.0.0/24").replace("192.168.1.6", OTHER_SERVER))
                .forEach(line -> inside("bash", "-c", line).orFail());

        assertThat(reached(NODE)).isEqualTo(OF_NODES);
        assertThat(reachesPortmapperByUdp(NODE)).isTrue();
        assertThat(reached(OTHER_SERVER)).containsExactly(OF_THE_PAIR);
        assertThat(reached(STRANGER)).isEmpty();
        assertThat(reachesPortmapperByUdp(STRANGER)).isFalse();
    }
}
