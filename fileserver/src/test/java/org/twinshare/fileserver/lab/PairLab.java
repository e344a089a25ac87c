package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** Two servers on machines of their own that are a pair, with a service address that web nodes mount. */
public final class PairLab implements AutoCloseable {
    /** The address that the answering server holds. */
    public static final String SERVICE = "10.213.77.100";

    public final Lab lab = Lab.open();
    private final Map<String, String> machines = new HashMap<>();
    private final List<String> options;
    public final LabServer one;
    public final LabServer two;

    /** Starts the first server, alone. */
    public PairLab(String... options) {
        this(unused -> {}, options);
    }

    /** The same, after something was done to the machines. */
    PairLab(Consumer<PairLab> before, String... options) {
        this.options = List.of(options);
        one = server("nas1");
        two = server("nas2");
        before.accept(this);
        one.start();
    }

    /** Starts the first server, alone, with a source tree www that every machine of the lab may pull. */
    public static PairLab withSource(Path settings, Path work) throws IOException {
        Files.writeString(settings, """
                [source.www]
                path = "%s"
                run-as = "root"
                nodes = ["10.213.77.0/24"]
                """.formatted(work));
        return new PairLab("--config", settings.toString());
    }

    private LabServer server(String name) {
        String machine = lab.machine(name, addressOf(name));
        machines.put(name, machine);
        List<String> words = new ArrayList<>(List.of(
                data(name).toString(),
                "--name",
                name,
                "--service-ip",
                SERVICE + "/24",
                "--service-interface",
                Lab.linkOf(machine)));
        words.addAll(options);
        return lab.serverOn(machine, "state-" + name, words.toArray(String[]::new));
    }

    /** The exported directory of a server. */
    public Path data(String name) {
        return lab.directory("data-" + name);
    }

    /** The journal of a server, in its state directory. */
    Path journal(String name) {
        return lab.directory("state-" + name).resolve("journal");
    }

    /** Makes the second server the standby of the first. */
    public void join() {
        join(one, two);
    }

    void join(LabServer primary, LabServer standby) {
        String line = primary.twinshare("standby", "add", addressOf(name(primary)))
                .orFail()
                .strip();
        standby.twinshare("standby", "join", line, "--name", name(standby)).orFail();
        standby.start("Following");
    }

    /** The server that is not this one. */
    LabServer other(LabServer server) {
        return server == one ? two : one;
    }

    String name(LabServer server) {
        return server == one ? "nas1" : "nas2";
    }

    /** What both servers say and have said: when a test fails, for that is gone with the lab. */
    void printServers() {
        for (LabServer server : List.of(one, two)) {
            System.out.println(name(server) + ":\n" + server.status() + server.output());
        }
    }

    /** Keeps what both servers have on disk, their journals among it, in a directory that nothing takes away; says which. */
    void keep(String name) {
        Path kept = Path.of("target", "kept", name).toAbsolutePath();
        Shell.run("mkdir", "-p", kept.toString()).orFail();
        for (LabServer server : List.of(one, two)) {
            for (String part : List.of("data-", "state-")) {
                // Of a disk that is dead, as much as it gives.
                System.out.print(
                        Shell.run("cp", "-a", lab.directory(part + name(server)).toString(), kept.toString())
                                .err());
            }
        }
        System.out.println("what both servers have is kept in " + kept);
    }

    /** Waits until every reply of the primary waits for the standby. */
    public static void awaitInStep(LabServer primary) {
        Awaitility.await("the standby is in step")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> primary.status().contains("ONLINE, replicated"));
    }

    /** Waits until both exported directories are the same: what is acknowledged is on both disks, and in both trees soon after. */
    void awaitEqualTrees(String when) {
        Awaitility.await("both trees are equal " + when)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(PairTrees.differences(data("nas1"), data("nas2")))
                        .isEmpty());
    }

    /** Takes the cable out of a machine, or puts it back. */
    void cable(String name, boolean plugged) {
        String machine = Objects.requireNonNull(machines.get(name));
        Shell.run("ip", "-n", machine, "link", "set", Lab.linkOf(machine), plugged ? "up" : "down")
                .orFail();
    }

    /** Drops what a machine sends to the other one, and nothing that comes back. */
    void mute(String from, String to, boolean mute) {
        Shell.run(
                        "ip",
                        "-n",
                        Objects.requireNonNull(machines.get(from)),
                        "route",
                        mute ? "add" : "del",
                        "blackhole",
                        addressOf(to) + "/32")
                .orFail();
    }

    /** What a machine sends comes no faster than this, in the words of tc(8). */
    void slow(String name, String rate) {
        String machine = Objects.requireNonNull(machines.get(name));
        Shell.run(
                        "tc",
                        "-n",
                        machine,
                        "qdisc",
                        "add",
                        "dev",
                        Lab.linkOf(machine),
                        "root",
                        "tbf",
                        "rate",
                        rate,
                        "burst",
                        "32kb",
                        "latency",
                        "200ms")
                .orFail();
    }

    /** As fast as it can again. */
    void fast(String name) {
        String machine = Objects.requireNonNull(machines.get(name));
        Shell.run("tc", "-n", machine, "qdisc", "del", "dev", Lab.linkOf(machine), "root")
                .orFail();
    }

    /** The address of a machine itself. */
    static String addressOf(String name) {
        return name.equals("nas1") ? "10.213.77.11" : "10.213.77.12";
    }

    /** Takes everything from a server that is not running: its tree, its state and its journal. */
    void loseDisks(String name) {
        // The journal's directory itself may be a disk.
        String journal = journal(name).toString();
        for (String directory : List.of(
                journal, data(name).toString(), lab.directory("state-" + name).toString())) {
            Shell.run("find", directory, "-mindepth", "1", "!", "-path", journal, "-delete")
                    .orFail();
        }
    }

    LabClient boot(String name, String... options) {
        List<String> words = new ArrayList<>(List.of("--server", SERVICE));
        words.addAll(List.of(options));
        return lab.boot(name, words.toArray(String[]::new));
    }

    @Override
    public void close() throws Exception {
        lab.close();
    }
}
