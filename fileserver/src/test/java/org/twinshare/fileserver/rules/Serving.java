package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SourceAddress;
import org.twinshare.client.probe.Target;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.LoadResult;
import org.twinshare.exports.table.PathMapping;
import org.twinshare.fileserver.metrics.CallStatistics;
import org.twinshare.fileserver.server.FileServer;
import org.twinshare.fileserver.server.JournalPlace;
import org.twinshare.fileserver.server.PairConfig;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.ServeConfig;
import org.twinshare.filestore.posix.OwnProcess;

/**
 * A server in this process on loopback, whose {@code /localData} is a new directory, with clients of it. Every file belongs to
 * the user who makes it, so it needs root.
 */
public final class Serving implements AutoCloseable {
    static final Credential ROOT = Credential.of(0, 0);
    /** A user as web servers run as. */
    static final Credential WWW = Credential.of(33, 33);

    private final Path base;
    private final List<NfsProbe> probes = new ArrayList<>();
    private FileServer server;
    private boolean running = true;

    private Serving(Path base, FileServer server) {
        this.base = base;
        this.server = server;
    }

    /** Serves to all of loopback, and root is root. */
    static Serving start(Path base) {
        return start(base, "/localData 127.0.0.0/8(rw,no_root_squash)");
    }

    /** Serves what these lines of an exports file say; other paths than {@code /localData} are directories in {@code base}. */
    public static Serving start(Path base, String... lines) {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to give files to the users who make them");
        try {
            Files.createDirectories(base.resolve("localData"));
            write(base, lines);
            return new Serving(base, open(base));
        } catch (IOException | Refused e) {
            throw new AssertionError(e);
        }
    }

    private static void write(Path base, String... lines) throws IOException {
        Files.writeString(base.resolve("exports"), String.join("\n", lines) + "\n");
    }

    private static FileServer open(Path base) throws Refused {
        ServeConfig config = new ServeConfig(
                null,
                BytePath.of("/localData"),
                base.resolve("exports"),
                new PathMapping(Map.of(
                        BytePath.of("/localData"),
                        BytePath.of(base.resolve("localData").toString()),
                        BytePath.of("/other"),
                        BytePath.of(base.resolve("other").toString()))),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                base.resolve("state"),
                // Nothing but the journal makes anything durable while a test runs.
                new JournalPlace(base.resolve("state/journal"), 256 << 20, Duration.ofHours(1)),
                PairConfig.of("here"),
                null,
                false,
                false,
                false,
                1 << 20);
        return FileServer.start(config, new CallStatistics(new PrometheusRegistry()));
    }

    FileServer server() {
        return server;
    }

    /** The real directory behind {@code /localData}. */
    public Path directory() {
        return base.resolve("localData");
    }

    Path base() {
        return base;
    }

    /** Where it listens. */
    public int port() {
        return server.address().getPort();
    }

    /** Puts other lines in force, or not when they have an error. */
    public LoadResult reload(String... lines) throws IOException {
        write(base, lines);
        return server.reload();
    }

    /** Another process with the same state, as far as clients can tell. */
    void restart() throws IOException, Refused {
        close();
        server = open(base);
        running = true;
    }

    /** A client at 127.0.0.1 whose user is root. */
    NfsProbe client() throws IOException {
        return client("127.0.0.1", ROOT);
    }

    NfsProbe client(String address, Credential credential) throws IOException {
        return connect(Target.at("127.0.0.1", port()).from(address).as(credential));
    }

    /** A client that calls from a port that any user may have. */
    NfsProbe unprivilegedClient(String address) throws IOException {
        return connect(Target.at("127.0.0.1", port())
                .ports(SourceAddress.Ports.EPHEMERAL)
                .from(address));
    }

    private NfsProbe connect(Target target) throws IOException {
        NfsProbe probe = NfsProbe.connect(target);
        probes.add(probe);
        return probe;
    }

    /** The handle of {@code /localData}. */
    FileHandle root() throws IOException {
        return client().mount("/localData").ok();
    }

    /** A new directory of root's that everybody may write in. */
    FileHandle room(String name) throws IOException {
        NfsProbe client = client();
        return client.mkdir(root(), name, 0777).ok().handle().orElseThrow();
    }

    /** The real path of something in a {@link #room}. */
    Path real(String... names) {
        return directory().resolve(String.join("/", names));
    }

    static byte[] bytes(int count, int value) {
        byte[] bytes = new byte[count];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("%s: %s", String.join(" ", command), output)
                    .isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void closeProbes() throws IOException {
        for (NfsProbe probe : probes) {
            probe.close();
        }
        probes.clear();
    }

    @Override
    public void close() throws IOException {
        closeProbes();
        if (running) {
            running = false;
            server.close();
        }
    }
}
