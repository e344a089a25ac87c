package org.twinshare.replication.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In a network namespace of its own: the kernel takes the address from a process that died or stands still. */
@Timeout(120)
class KernelAddressIT {
    private static final String ADDRESS = "10.213.91.5/24";

    private final String namespace = "twaddr" + ProcessHandle.current().pid();

    @BeforeEach
    void makeNamespace() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "a network namespace needs root");
        run("ip", "netns", "add", namespace);
        run("ip", "-n", namespace, "link", "add", "veth1", "type", "veth", "peer", "name", "veth2");
        run("ip", "-n", namespace, "link", "set", "veth1", "up");
        run("ip", "-n", namespace, "link", "set", "veth2", "up");
    }

    @AfterEach
    void removeNamespace() throws Exception {
        // Whatever a failed test left in it goes too.
        Process unused = new ProcessBuilder("ip", "netns", "del", namespace).start();
        unused.waitFor();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + output)
                .isZero();
        return output;
    }

    private boolean isThere() throws Exception {
        return run("ip", "-n", namespace, "addr", "show", "dev", "veth1").contains(ADDRESS);
    }

    private Process hold() throws IOException {
        return hold(System.getenv("PATH"));
    }

    private Process hold(String path) throws IOException {
        return new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        namespace,
                        "env",
                        "PATH=" + path,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AddressHolder.class.getName(),
                        ADDRESS,
                        "veth1")
                .inheritIO()
                .start();
    }

    @Test
    void leavesWithAKilledProcessAndWithOneThatStandsStill() throws Exception {
        Process killed = hold();
        await().atMost(Duration.ofSeconds(30)).until(this::isThere);
        await().during(Duration.ofSeconds(7)).atMost(Duration.ofSeconds(9)).until(this::isThere);
        killed.destroyForcibly();
        await().atMost(Duration.ofSeconds(8)).until(() -> !isThere());
        Process stopped = hold();
        await().atMost(Duration.ofSeconds(30)).until(this::isThere);
        run("kill", "-STOP", Long.toString(stopped.pid()));
        await().atMost(Duration.ofSeconds(8)).until(() -> !isThere());
        await().during(Duration.ofSeconds(1)).until(() -> !isThere());
        run("kill", "-CONT", Long.toString(stopped.pid()));
        assertThat(stopped.waitFor()).as("has noticed that it lost it").isEqualTo(9);
        assertThat(isThere()).isFalse();
    }

    /** It may be another server's by then: whoever only asks for more time would have it back, and there would be two. */
    @Test
    void isLostForWhoHearsTooLateThatHeHasIt(@TempDir Path programs) throws Exception {
        Path slow = Files.writeString(programs.resolve("ip"), """
                #!/bin/sh
                PATH=${PATH#*:}
                ip "$@"
                case "$*" in *replace*) sleep 4.5 ;; esac
                """);
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process late = hold(programs + ":" + System.getenv("PATH"));
        try {
            await().atMost(Duration.ofSeconds(30)).until(this::isThere);
            assertThat(late.waitFor(30, TimeUnit.SECONDS)).as("has noticed it").isTrue();
            assertThat(late.exitValue()).isEqualTo(9);
            assertThat(isThere()).isFalse();
        } finally {
            late.destroyForcibly();
        }
    }

    @Test
    void neighboursHearAtOnceWhereItIsNow() throws Exception {
        String neighbour = namespace + "n";
        run("ip", "netns", "add", neighbour);
        try {
            run("ip", "-n", namespace, "link", "set", "veth2", "netns", neighbour);
            run("ip", "-n", neighbour, "addr", "add", "10.213.91.1/24", "dev", "veth2");
            run("ip", "-n", neighbour, "link", "set", "veth2", "up");
            String[] known = {"ip", "-n", neighbour, "neigh", "show", "10.213.91.5"};
            run(
                    "ip",
                    "-n",
                    neighbour,
                    "neigh",
                    "replace",
                    "10.213.91.5",
                    "dev",
                    "veth2",
                    "lladdr",
                    "02:00:00:00:00:01",
                    "nud",
                    "reachable");
            String card = run("ip", "netns", "exec", namespace, "cat", "/sys/class/net/veth1/address")
                    .strip();
            assertThat(run(known)).contains("02:00:00:00:00:01");

            Process holder = hold();

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(run(known)).contains(card));
            holder.destroyForcibly();
        } finally {
            run("ip", "netns", "del", neighbour);
        }
    }

    @Test
    void refusesWhatIsNoAddressOrNoInterface() {
        KernelAddress.Prefix prefix = KernelAddress.Prefix.parse("192.0.2.5/24");
        assertThat(prefix.toString()).isEqualTo("192.0.2.5/24");
        assertThatThrownBy(() -> KernelAddress.Prefix.parse("192.0.2.5")).hasMessageContaining("no length");
        assertThatThrownBy(() -> KernelAddress.Prefix.parse("192.0.2.5/33")).hasMessageContaining("33");
        assertThatThrownBy(() -> new KernelAddress(prefix, "no-such-interface").take(() -> {}))
                .hasMessageContaining("no-such-interface");
    }
}
