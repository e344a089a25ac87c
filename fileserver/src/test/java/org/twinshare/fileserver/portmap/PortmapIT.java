package org.twinshare.fileserver.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.lab.JavaCommand;
import org.twinshare.fileserver.lab.LoneNamespace;
import org.twinshare.fileserver.lab.Shell;

/** Rule 1 with the real rpcinfo, showmount and rpcbind. The exports table names 10.98.0.0/24. */
class PortmapIT {
    private static final String ADMITTED = "10.98.0.1";
    private static final String STRANGER = "10.98.1.1";

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private LoneNamespace namespace;
    private List<String> inside = List.of();

    @BeforeEach
    void openNamespace() throws IOException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/usr/sbin/rpcinfo")) && Files.exists(Path.of("/usr/sbin/showmount")),
                "rpcbind and nfs-common are needed; ./test installs them");
        namespace = LoneNamespace.open("twpm", ADMITTED, STRANGER);
        inside = namespace.inside(List.of());
        Files.createDirectories(data());
        Files.writeString(directory.resolve("exports"), data() + " 10.98.0.0/24(rw)\n");
    }

    @AfterEach
    void closeNamespace() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    private static List<String> joined(List<String> first, List<String> then) {
        List<String> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    private Process start(String name, List<String> command) throws IOException {
        Process process = new ProcessBuilder(joined(inside, command))
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile())
                .start();
        started.add(process);
        return process;
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }

    private String printed(String name) throws IOException {
        return Files.readString(log(name), StandardCharsets.ISO_8859_1);
    }

    private void awaitPrinted(String name, Process process, String words) {
        Awaitility.await(name + " prints " + words)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> printed(name).contains(words) || !process.isAlive());
    }

    /** Starts a server; its state and its log have this name. */
    private Process serve(String name, int port) throws IOException {
        Process server = start(
                name,
                JavaCommand.of(
                        List.of("-Xmx128m", "-XX:+UseSerialGC"),
                        "org.twinshare.fileserver.command.Twinshare",
                        List.of(
                                "serve",
                                "--exports",
                                directory.resolve("exports").toString(),
                                "--state",
                                directory.resolve(name).toString(),
                                "--http",
                                "off",
                                "--adopt",
                                "--port",
                                Integer.toString(port))));
        awaitPrinted(name, server, "Stop:");
        return server;
    }

    /** Starts rpcbind, with its socket in a file system that only those see who are in its mount namespace. */
    private Process rpcbind() throws IOException {
        Process rpcbind = start(
                "rpcbind",
                List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs tmpfs /run && mkdir -m 777 /run/rpcbind && exec rpcbind -f"));
        Awaitility.await("rpcbind answers")
                .atMost(Duration.ofSeconds(20))
                .until(() -> run("rpcinfo", "-p", "127.0.0.1").exitCode() == 0);
        return rpcbind;
    }

    private Shell.Result run(String... words) {
        return Shell.run(
                Map.of(),
                Duration.ofMinutes(1),
                joined(inside, joined(List.of("timeout", "-s", "KILL", "3"), List.of(words))));
    }

    /** The lines of {@code rpcinfo -p} about this program, with single spaces. */
    private List<String> portsOf(int program) {
        return run("rpcinfo", "-p", ADMITTED)
                .orFail()
                .lines()
                .map(line -> line.trim().replaceAll(" +", " "))
                .filter(line -> line.startsWith(Integer.toString(program)))
                .toList();
    }

    private static void stop(Process server) throws InterruptedException {
        server.destroy();
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void rule1AnswersRpcinfoAndShowmountOfClientsInTheTable() throws IOException {
        serve("state", 2051);

        assertThat(printed("state")).contains("Portmapper: answered here (port 111)");
        assertThat(portsOf(100003)).containsExactly("100003 3 tcp 2051 nfs");
        assertThat(portsOf(100005)).containsExactly("100005 3 tcp 2051 mountd");
        assertThat(portsOf(100021)).containsExactly("100021 4 tcp 2051 nlockmgr");
        assertThat(run("rpcinfo", "-s", ADMITTED).orFail()).contains("nfs", "mountd", "nlockmgr");
        assertThat(run("rpcinfo", "-T", "tcp", ADMITTED, "nfs").orFail()).contains("version 3 ready");
        assertThat(run("showmount", "-e", ADMITTED).orFail().lines())
                .containsExactly("Export list for " + ADMITTED + ":", data() + " 10.98.0.0/24");
        assertThat(run("showmount", "-a", ADMITTED).orFail()).startsWith("All mount points on " + ADMITTED);
    }

    @Test
    void rule1SaysNothingToThoseWhoAreNotInTheTable() throws IOException {
        serve("state", 2051);

        assertThat(run("rpcinfo", "-p", STRANGER).exitCode()).isNotZero();
        assertThat(run("rpcinfo", "-T", "udp", STRANGER, "portmapper").exitCode())
                .isNotZero();
        assertThat(run("showmount", "-e", STRANGER).exitCode()).isNotZero();
    }

    @Test
    void rule1RegistersOverTheSocketOfARunningRpcbind() throws IOException, InterruptedException {
        Process rpcbind = rpcbind();
        inside = List.of("nsenter", "-t", Long.toString(rpcbind.pid()), "--mount", "--net");
        Process server = serve("first", 2051);

        assertThat(printed("first")).contains("Portmapper: registered with the running rpcbind");
        assertThat(portsOf(100003)).containsExactly("100003 3 tcp 2051 nfs");
        assertThat(portsOf(100005)).containsExactly("100005 3 tcp 2051 mountd");
        assertThat(portsOf(100021)).containsExactly("100021 4 tcp 2051 nlockmgr");
        assertThat(run("showmount", "-e", ADMITTED).orFail()).contains(data().toString());

        // A second server may not take the place of one that is there.
        Process second = serve("second", 2052);
        assertThat(printed("second")).contains("rpcbind does not take program 100003 version 3");
        stop(second);
        assertThat(portsOf(100003)).containsExactly("100003 3 tcp 2051 nfs");

        // What was left behind by one that is gone is replaced.
        server.destroyForcibly().waitFor();
        Process third = serve("third", 2053);
        assertThat(portsOf(100003)).containsExactly("100003 3 tcp 2053 nfs");

        stop(third);
        assertThat(portsOf(100003)).isEmpty();
        assertThat(portsOf(100005)).isEmpty();
        assertThat(portsOf(100021)).isEmpty();
    }

    @Test
    void rule1RegistersOverLoopbackWhereTheSocketOfRpcbindIsNotSeen() throws IOException, InterruptedException {
        rpcbind();
        Process server = serve("state", 2051);

        assertThat(printed("state")).contains("Portmapper: registered with the running rpcbind");
        assertThat(portsOf(100003)).containsExactly("100003 3 tcp 2051 nfs");
        stop(server);
        assertThat(portsOf(100003)).isEmpty();
    }
}
