package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.fileserver.control.ControlClient;
import org.twinshare.fileserver.lab.JavaCommand;
import org.twinshare.fileserver.lab.Shell;
import org.twinshare.filestore.posix.OwnProcess;

/**
 * Five nodes in network namespaces of their own that watch a source, each a process as a user starts it. The figures are
 * logged; what is asserted leaves room for a busy machine. With {@code -Dtwinshare.long=true} they are ten, and the tree has
 * 20,000 files.
 */
final class FarmIT {
    private static final Logger LOG = LoggerFactory.getLogger(FarmIT.class);
    private static final boolean LONG = Boolean.getBoolean("twinshare.long");
    private static final int NODES = Integer.getInteger("twinshare.nodes", LONG ? 10 : 5);
    private static final int FILES = LONG ? 20_000 : 4_000;
    private static final int CHANGED_EACH = 20;
    /** The first finds programs that have done this never before. */
    private static final int PUBLISHES = Integer.getInteger("twinshare.publishes", LONG ? 5 : 1);

    /** utime, stime, cutime and cstime, counted behind the name of the program: proc(5). */
    private static final int UTIME = 11;

    private static final int MILLIS_PER_TICK = 10;

    /** As {@code packaging/options-twinshare} says, and the other as {@code options-twinmount} does. */
    private static final List<String> SERVER = List.of("-Xms48m", "-Xmx192m", "-XX:+UseSerialGC");

    private static final List<String> NODE = List.of(
            "-XX:+UseSerialGC",
            "-Xms32m",
            "-XX:TieredStopAtLevel=1",
            "-XX:MinHeapFreeRatio=20",
            "-XX:MaxHeapFreeRatio=40");
    /** The tree's entries and the release before; a node that keeps its garbage has twice as much after five releases. */
    private static final long NODE_MEMORY_KIB = 160 << 10;

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String PREFIX = "tsfarm" + ProcessHandle.current().pid() + "-";

    @TempDir
    private Path base;

    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void build() throws IOException {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, for network namespaces");
        ip("netns", "add", PREFIX + "s");
        in("s", "ip", "link", "add", "br0", "type", "bridge");
        in("s", "ip", "addr", "add", "10.77.0.1/24", "dev", "br0");
        in("s", "ip", "link", "set", "br0", "up");
        in("s", "ip", "link", "set", "lo", "up");
        for (int i = 1; i <= NODES; i++) {
            ip("netns", "add", PREFIX + i);
            in("s", "ip", "link", "add", "v" + i, "type", "veth", "peer", "name", "eth0", "netns", PREFIX + i);
            in("s", "ip", "link", "set", "v" + i, "master", "br0", "up");
            in(Integer.toString(i), "ip", "addr", "add", "10.77.0." + (10 + i) + "/24", "dev", "eth0");
            in(Integer.toString(i), "ip", "link", "set", "eth0", "up");
        }
        for (int i = 0; i < FILES; i++) {
            SourceLab.write(work(i), "<?php // 0\n".repeat(50 + i % 300));
        }
        startServer();
    }

    private Path work(int file) {
        return base.resolve("work/d" + file / 200 + "/s" + file % 4 + "/f" + file + ".php");
    }

    private static void ip(String... words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        Shell.run(command.toArray(String[]::new)).orFail();
    }

    private static void in(String namespace, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", PREFIX + namespace));
        command.addAll(List.of(words));
        Shell.run(command.toArray(String[]::new)).orFail();
    }

    private void start(String namespace, String name, List<String> options, String mainClass, List<String> words)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", PREFIX + namespace));
        command.addAll(JavaCommand.of(options, mainClass, words));
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(base.resolve(name + ".log").toFile())
                .start());
    }

    private void startServer() throws IOException {
        Files.createDirectory(base.resolve("data"));
        Path settings = base.resolve("twinshare.conf");
        Files.writeString(settings, """
                [source.www]
                path = "%s"
                nodes = ["10.77.0.0/24"]
                """.formatted(base.resolve("work")));
        start(
                "s",
                "server",
                SERVER,
                "org.twinshare.fileserver.command.Twinshare",
                List.of(
                        "serve",
                        base.resolve("data").toString(),
                        "--state",
                        base.resolve("state").toString(),
                        "--config",
                        settings.toString(),
                        "--http",
                        "off",
                        "--portmap",
                        "off"));
        Awaitility.await("the server serves")
                .atMost(PATIENCE)
                .until(() -> Files.exists(base.resolve("state/control.sock"))
                        && Files.readString(base.resolve("server.log")).contains("Stop:"));
    }

    private void startNode(int i) throws IOException {
        Files.createDirectories(target(i).getParent());
        start(
                Integer.toString(i),
                "web" + i,
                NODE,
                "org.twinshare.client.command.Twinmount",
                List.of(
                        "pull",
                        "www",
                        target(i).toString(),
                        "--server",
                        "10.77.0.1",
                        "--watch",
                        "--node",
                        "web" + i,
                        "--allow-old-rsync",
                        "--allow-vanished"));
    }

    private Path target(int i) {
        return base.resolve("web" + i + "/localSource");
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        processes.reversed().forEach(Process::destroy);
        for (Process process : processes) {
            process.waitFor();
        }
        Shell.run("ip", "netns", "del", PREFIX + "s");
        for (int i = 1; i <= NODES; i++) {
            Shell.run("ip", "netns", "del", PREFIX + i);
        }
    }

    private JsonObject ask(String action) throws IOException, ControlClient.Failed {
        JsonObject request = new JsonObject();
        request.addProperty("command", "source");
        request.addProperty("action", action);
        request.addProperty("source", "www");
        request.addProperty("timeout_ms", PATIENCE.toMillis());
        JsonObject answer = ControlClient.ask(base.resolve("state/control.sock"), request);
        assertThat(answer.has("problem")).as(answer.toString()).isFalse();
        return answer;
    }

    private JsonObject status(int i) throws IOException {
        return JsonParser.parseString(Files.readString(target(i).resolveSibling(".localSource.d/status.json")))
                .getAsJsonObject();
    }

    private boolean allPrepared(String release) throws IOException {
        for (int i = 1; i <= NODES; i++) {
            if (!Files.exists(target(i).resolveSibling(".localSource.d/status.json"))
                    || !status(i).has("live")
                    || !status(i).get("live").getAsString().equals(release)
                    || !status(i).get("prepared").getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    /** Processor time of all processes and those that they have started, in milliseconds: what a busy machine leaves as it is. */
    private long processorMillis() {
        return processes.stream()
                .flatMap(process -> Stream.concat(Stream.of(process.toHandle()), process.descendants()))
                .mapToLong(FarmIT::processorMillis)
                .sum();
    }

    /** Of a process, and of its children that have ended. */
    private static long processorMillis(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = 0;
            for (int field = UTIME; field < UTIME + 4; field++) {
                ticks += Long.parseLong(fields[field]);
            }
            return ticks * MILLIS_PER_TICK;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Resident, as proc(5) says it. The first process is the server. */
    private long mostMemoryOfANodeKib() throws IOException {
        long most = 0;
        for (Process node : processes.subList(1, processes.size())) {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(node.pid()), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    most = Math.max(most, Long.parseLong(line.replaceAll("\\D", "")));
                }
            }
        }
        return most;
    }

    /** From the beginning of the command to the last flip, and from the first flip to the last, in milliseconds. */
    private record Figures(long untilAllLive, long skew, long processorMillis) {}

    private Figures figures(JsonObject published, long begunMs, long processorMillis) throws IOException {
        long used = processorMillis() - processorMillis;
        assertThat(published.getAsJsonArray("flipped")).as(published.toString()).hasSize(NODES);
        long first = Long.MAX_VALUE;
        long last = 0;
        for (int i = 1; i <= NODES; i++) {
            assertThat(target(i).toRealPath().getFileName().toString().split("-", -1)[1])
                    .isEqualTo(published.get("release").getAsString().split("-", -1)[1]);
            long flipped = status(i).get("flipped_at_ms").getAsLong();
            first = Math.min(first, flipped);
            last = Math.max(last, flipped);
        }
        return new Figures(last - begunMs, last - first, used);
    }

    @Test
    void tenNodesFlipTogetherSoonAfterAPublishAndSoonerAfterARollback() throws Exception {
        String first = ask("publish").get("release").getAsString();
        for (int i = 1; i <= NODES; i++) {
            startNode(i);
        }
        Awaitility.await("all nodes have the first release")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> allPrepared(first));
        for (int i = 1; i <= PUBLISHES; i++) {
            Figures publish = publish(i);
            assertThat(publish.untilAllLive).isLessThan(60_000);
            assertThat(publish.skew).isLessThan(5_000);
        }
        Awaitility.await("no node keeps the memory that a publish took")
                .atMost(Duration.ofSeconds(30))
                .until(() -> mostMemoryOfANodeKib() < NODE_MEMORY_KIB);
        LOG.info("a node has up to {} MiB of memory", mostMemoryOfANodeKib() >> 10);
        long used = processorMillis();
        long begun = System.currentTimeMillis();
        Figures rollback = figures(ask("rollback"), begun, used);
        tell("rollback", rollback);
        assertThat(rollback.untilAllLive).isLessThan(10_000);
        for (int i = 1; i <= NODES; i++) {
            assertThat(SourceLab.difference(base.resolve("state/source/www/current"), target(i)))
                    .isEmpty();
        }
    }

    private Figures publish(int number) throws Exception {
        for (int i = 0; i < FILES; i += CHANGED_EACH) {
            Files.writeString(work(i), "<?php // " + number + " " + i);
        }
        long used = processorMillis();
        long begun = System.currentTimeMillis();
        JsonObject published = ask("publish");
        Figures publish = figures(published, begun, used);
        tell("publish " + number, publish);
        String release = published.get("release").getAsString();
        Awaitility.await("all nodes are ready for more")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> allPrepared(release));
        return publish;
    }

    private static void tell(String what, Figures figures) throws IOException {
        LOG.info(
                "{} of {} files, {} changed, to {} nodes: all live after {} ms, within {} ms of each other, with {} ms of"
                        + " processor time; load {}",
                what,
                FILES,
                FILES / CHANGED_EACH,
                NODES,
                figures.untilAllLive,
                figures.skew,
                figures.processorMillis,
                Files.readString(Path.of("/proc/loadavg")).strip());
    }
}
