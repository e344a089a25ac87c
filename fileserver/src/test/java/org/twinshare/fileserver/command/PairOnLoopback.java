package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.MountReply;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Target;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.PathMapping;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.fileserver.server.JournalPlace;
import org.twinshare.fileserver.server.PairConfig;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.RunningServer;
import org.twinshare.fileserver.server.ServeConfig;
import org.twinshare.replication.copy.CopyLimits;
import org.twinshare.replication.journal.JournalSettings;
import org.twinshare.replication.role.Terms;

/** Two servers in this process with a cable between them, and the commands as a user runs them on either. */
final class PairOnLoopback implements AutoCloseable {
    static final String FIRST = "nas1";
    static final String SECOND = "nas2";
    /** What the status of a standby says. */
    static final String IN_STEP = "STANDBY, in step";

    private final Path base;
    private final long journalBytes;
    private final InetSocketAddress listen = free();
    final Cable cable;
    /** Of a server that starts from now on. */
    CopyLimits copyLimits = CopyLimits.DEFAULT;

    /** Carries the service address of a server that starts from now on. */
    @Nullable String hook;

    private @Nullable RunningServer first;
    private @Nullable RunningServer second;

    /** Starts the first server, alone. */
    PairOnLoopback(Path base, Terms terms) throws IOException, Refused {
        this(base, terms, JournalSettings.DEFAULT.maxBytes());
    }

    /** The same with journals that take no more than this on disk. */
    PairOnLoopback(Path base, Terms terms, long journalBytes) throws IOException, Refused {
        this.journalBytes = journalBytes;
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "a pair needs root");
        this.base = base;
        for (String name : List.of(FIRST, SECOND)) {
            Path data = Files.createDirectories(base.resolve(name).resolve("data"));
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        cable = new Cable(listen);
        startFirst(terms);
    }

    private static InetSocketAddress free() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    }

    Path data(String name) {
        return base.resolve(name).resolve("data");
    }

    private RunningServer start(String name, InetSocketAddress pair, Terms terms) throws Refused {
        Path state = base.resolve(name).resolve("state");
        JournalPlace journal = JournalPlace.in(state);
        RunningServer server = RunningServer.start(
                new ServeConfig(
                        BytePath.of(data(name).toString()),
                        BytePath.of("/localData"),
                        base.resolve("exports"),
                        new PathMapping(Map.of()),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        state,
                        new JournalPlace(journal.directory(), journalBytes, journal.checkpointEvery()),
                        new PairConfig(name, pair, terms, copyLimits, false, null, hook),
                        null,
                        false,
                        false,
                        false,
                        1 << 20),
                "test");
        // As a server's process does: it starts anew when it has become something else.
        Thread unused = Thread.ofPlatform().daemon().start(() -> goOn(server));
        return server;
    }

    private static void goOn(RunningServer server) {
        try {
            String unusedWhy = server.awaitFailure();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void startFirst(Terms terms) throws Refused {
        first = start(FIRST, listen, terms);
    }

    void startSecond() throws Refused, IOException {
        second = start(SECOND, free(), Terms.DEFAULT);
    }

    private static void stop(@Nullable RunningServer server) throws IOException, InterruptedException {
        if (server != null) {
            boolean unusedFinished = server.stop(Duration.ofSeconds(1));
        }
    }

    void stopFirst() throws IOException, InterruptedException {
        stop(first);
        first = null;
    }

    void stopSecond() throws IOException, InterruptedException {
        stop(second);
        second = null;
    }

    private Run run(String name, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state", base.resolve(name).resolve("state").toString()));
        return Run.of(all.toArray(String[]::new));
    }

    Run onFirst(String... words) {
        return run(FIRST, words);
    }

    Run onSecond(String... words) {
        return run(SECOND, words);
    }

    /** Makes the second server, which does not run yet, the standby of the first. */
    void join() {
        Run add = onFirst("standby", "add", "127.0.0.1:" + cable.port());
        assertThat(add.exitCode()).as(add.err()).isZero();
        Run join = onSecond("standby", "join", add.out().strip(), "--name", SECOND);
        assertThat(join.exitCode()).as(join.err()).isZero();
    }

    /** Makes the second server the standby, and waits until that is in step. */
    void begin() throws Refused, IOException {
        join();
        startSecond();
        awaitSecond(IN_STEP);
    }

    /** Waits until the second server says this of itself. */
    void awaitSecond(String words) {
        Awaitility.await("nas2 says: " + words)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> onSecond("status").out().contains(words));
    }

    /** Waits until the first server, as it runs now, answers with the second in step. */
    void awaitReplicated() {
        Awaitility.await("nas1 says that it is replicated")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> onFirst("status").out().contains("ONLINE, replicated"));
    }

    /** A connection of a client to one of the servers. */
    NfsProbe connect(String name) throws IOException {
        RunningServer server = Objects.requireNonNull(name.equals(FIRST) ? first : second);
        int port = server.server().address().getPort();
        return NfsProbe.connect(Target.at("127.0.0.1", port).as(Credential.of(33, 33)));
    }

    static FileHandle mount(NfsProbe probe) throws IOException {
        return ((MountReply.Mounted) probe.mount("/localData")).handle();
    }

    @Override
    public void close() throws Exception {
        cable.close();
        stopSecond();
        stopFirst();
    }
}
