package org.twinshare.fileserver.webnode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.LocalNode;
import org.twinshare.client.node.Node;
import org.twinshare.fileserver.lab.Shell;

/**
 * A web node that is a User Mode Linux: programs run there, under its kernel; this process stays outside, because a Java
 * machine takes half a minute to start in there. Its root is this machine's, so most files can be read here.
 */
final class UmlNode implements Node {
    /** How timeout(1) ends when it had to send SIGKILL. */
    private static final int KILLED = 137;

    /** Notes how long a program ran on the node, without what it takes to get it there. */
    private static final String TIMED = "from=$(date +%s%N); \"$@\"; code=$?;"
            + " echo $((($(date +%s%N) - from) / 1000000)) >>/run/twinmount-ms; exit $code";

    private static final List<Path> OWN =
            List.of(Path.of("/proc"), Path.of("/etc/fstab"), Path.of("/etc/systemd"), Path.of("/run"));

    private final LocalNode outside = new LocalNode();
    private final Path script;
    private final String name;
    private final List<String> prefix;

    /** @param prefix words before every command, such as those that enter a namespace of the node */
    UmlNode(Path script, String name, List<String> prefix) {
        this.script = script;
        this.name = name;
        this.prefix = prefix;
    }

    @Override
    public Ended run(Duration atMost, List<String> command) {
        List<String> words = new ArrayList<>(List.of(script.toString(), "exec", "--timeout", "90", name, "--"));
        words.addAll(prefix);
        words.addAll(List.of("sh", "-c", TIMED, "sh"));
        words.addAll(List.of("timeout", "-s", "KILL", Double.toString(atMost.toMillis() / 1e3)));
        words.addAll(command);
        Shell.Result result = Shell.run(Map.of(), Duration.ofMinutes(2), words);
        return new Ended(result.exitCode(), result.out(), result.err(), result.exitCode() == KILLED);
    }

    @Override
    public Ended change(Duration atMost, List<String> command) {
        return run(atMost, command);
    }

    @Override
    public void write(Path file, String text) {
        Ended written = run(
                Duration.ofSeconds(30),
                List.of(
                        "sh",
                        "-c",
                        "mkdir -p \"$(dirname \"$1\")\" && printf %s \"$2\" >\"$1\"",
                        "sh",
                        file.toString(),
                        text));
        if (!written.isOk()) {
            throw new AssertionError(written.toString());
        }
    }

    @Override
    public Optional<String> read(Path file) {
        if (OWN.stream().noneMatch(file::startsWith)) {
            return outside.read(file);
        }
        Ended read = run(Duration.ofSeconds(30), List.of("cat", file.toString()));
        return read.isOk() ? Optional.of(read.out()) : Optional.empty();
    }

    @Override
    public List<Path> list(Path directory) {
        return outside.list(directory);
    }

    @Override
    public boolean isRoot() {
        return true;
    }
}
