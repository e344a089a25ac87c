package org.twinshare.fileserver.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        this.options = List.of(options);
        one = server("nas1", "10.213.77.11");
        two = server("nas2", "10.213.77.12");
        one.start();
    }

    private LabServer server(String name, String address) {
        String machine = lab.machine(name, address);
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

    /** Makes the second server the standby of the first. */
    public void join() {
        String line = one.twinshare("standby", "add", "10.213.77.11").orFail().strip();
        two.twinshare("standby", "join", line, "--name", "nas2").orFail();
        two.start("Following");
    }

    /** Waits until every reply of the primary waits for the standby. */
    public static void awaitInStep(LabServer primary) {
        Awaitility.await("the standby is in step")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> primary.twinshare("status").out().contains("ONLINE, replicated"));
    }

    /** Takes the cable out of a machine, or puts it back. */
    void cable(String name, boolean plugged) {
        String machine = Objects.requireNonNull(machines.get(name));
        Shell.run("ip", "-n", machine, "link", "set", Lab.linkOf(machine), plugged ? "up" : "down")
                .orFail();
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
