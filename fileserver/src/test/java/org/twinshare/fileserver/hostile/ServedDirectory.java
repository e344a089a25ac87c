package org.twinshare.fileserver.hostile;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Target;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.PathMapping;
import org.twinshare.fileserver.metrics.CallStatistics;
import org.twinshare.fileserver.server.FileServer;
import org.twinshare.fileserver.server.JournalPlace;
import org.twinshare.fileserver.server.PairConfig;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.ServeConfig;

/**
 * A server in this process with a directory {@code open} that anybody may write in, and a file {@code good} that only the
 * well-behaved client may read.
 */
final class ServedDirectory implements AutoCloseable {
    static final byte[] GOOD = "what the well-behaved client reads".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Credential POLITE = Credential.of(2000, 2000);

    private final FileServer server;
    private final NfsProbe polite;
    private final FileHandle root;
    private final FileHandle open;
    private final FileHandle good;
    private final FileHandle large;

    ServedDirectory(Path directory) throws IOException, Refused {
        Path data = Files.createDirectories(directory.resolve("data"));
        Path anybody = Files.createDirectory(data.resolve("open"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(anybody, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.write(data.resolve("good"), GOOD);
        Files.write(data.resolve("large"), new byte[1 << 20]);
        if ("root".equals(System.getProperty("user.name"))) {
            Files.setAttribute(data.resolve("good"), "unix:uid", 2000);
            Files.setPosixFilePermissions(data.resolve("good"), PosixFilePermissions.fromString("rw-------"));
        }
        server = FileServer.start(
                new ServeConfig(
                        BytePath.of(data.toString()),
                        BytePath.of("/localData"),
                        directory.resolve("none"),
                        new PathMapping(Map.of()),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        directory.resolve("state"),
                        JournalPlace.in(directory.resolve("state")),
                        PairConfig.of("here"),
                        null,
                        false,
                        false,
                        false,
                        1 << 20),
                new CallStatistics(new PrometheusRegistry()));
        polite = NfsProbe.connect(target());
        root = polite.mount("/localData").ok();
        open = handle("open");
        good = handle("good");
        large = handle("large");
    }

    private FileHandle handle(String name) throws IOException {
        return polite.lookup(root, name).ok().handle();
    }

    FileServer server() {
        return server;
    }

    Target target() throws IOException {
        return Target.at("127.0.0.1", server.address().getPort()).as(POLITE).timeout(PATIENCE);
    }

    FileHandle root() {
        return root;
    }

    FileHandle open() {
        return open;
    }

    FileHandle good() {
        return good;
    }

    /** A file of a megabyte. */
    FileHandle large() {
        return large;
    }

    /** The well-behaved client gets what it should, on the connection that it has had from the beginning. */
    void assertServesTheWellBehaved() throws IOException {
        Assertions.assertThat(polite.getattr(good).ok().sizeBytes()).isEqualTo(GOOD.length);
        Assertions.assertThat(polite.lookup(root, "good").ok().handle()).isEqualTo(good);
        Assertions.assertThat(polite.read(good, 0, 4096).ok().data().toArray()).isEqualTo(GOOD);
    }

    /** Only the well-behaved client is connected, and nothing is taken for anybody. */
    void awaitCalm() {
        Awaitility.await("calm")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> Assertions.assertThat(taken()).isEqualTo("1 connections, 0 calls, 0 bytes"));
    }

    String taken() {
        return server.rpc().sessions().size() + " connections, " + server.rpc().callsUnderWay() + " calls, "
                + server.rpc().bufferBytes() + " bytes";
    }

    /** What the collector cannot free, in bytes. */
    static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Memory of direct buffers, in use or kept for the next. */
    static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Override
    public void close() throws IOException {
        polite.close();
        server.close();
    }
}
