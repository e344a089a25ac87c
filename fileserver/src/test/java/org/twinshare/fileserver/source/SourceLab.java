package org.twinshare.fileserver.source;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.awaitility.Awaitility;
import org.twinshare.client.pull.Allowance;
import org.twinshare.client.pull.Pull;
import org.twinshare.client.pull.PullSettings;
import org.twinshare.client.pull.Watch;
import org.twinshare.exports.table.ExportTable;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.fileserver.lab.Shell;
import org.twinshare.filestore.posix.OwnProcess;

/** A server of one source, www, in this process with a real rsync daemon on the loopback, and nodes that pull from it. */
final class SourceLab implements AutoCloseable {
    final Path base;
    final Path work;
    final int rsyncPort = Ports.free();
    final int nodePort = Ports.free();
    final SourceService service;

    SourceLab(Path base, List<String> nodes) throws IOException, SourceRefused {
        this(base, nodes, List.of());
    }

    SourceLab(Path base, List<String> nodes, List<String> mounted) throws IOException, SourceRefused {
        this.base = base;
        work = Files.createDirectories(base.resolve("work"));
        service = SourceService.start(
                new SourceSettings(List.of(setting(nodes)), loopback(rsyncPort), loopback(nodePort)),
                base.resolve("state"),
                new FakeHost(mounted));
        Awaitility.await("rsyncd listens").atMost(Duration.ofSeconds(20)).until(() -> Ports.isTaken(rsyncPort));
    }

    private SourceSetting setting(List<String> nodes) {
        return new SourceSetting("www", work, Optional.empty(), nodes, "nobody", List.of(), Optional.empty(), 3);
    }

    /** A host on which nothing but the given paths is mounted. */
    record FakeHost(List<String> mounted) implements Host {
        @Override
        public boolean isRoot() {
            return OwnProcess.geteuid() == 0;
        }

        @Override
        public List<String> mountedBelow(Path directory) {
            return mounted;
        }

        @Override
        public Optional<String> holderOf(int port) {
            return Optional.of("xinetd, process 1");
        }

        @Override
        public Optional<Twin> twin() {
            return Optional.empty();
        }

        @Override
        public ExportTable exports() {
            return ExportTable.EMPTY;
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    JsonObject ask(String action) {
        return ask(action, false, 60_000);
    }

    JsonObject ask(String action, boolean allowVanished, long timeoutMillis) {
        JsonObject request = new JsonObject();
        request.addProperty("action", action);
        request.addProperty("source", "www");
        request.addProperty("allow_vanished", allowVanished);
        request.addProperty("timeout_ms", timeoutMillis);
        return service.handle(request);
    }

    /** Publishes, which must succeed, and returns the name of the release. */
    String publish() {
        JsonObject answer = ask("publish");
        if (answer.has("problem")) {
            throw new AssertionError(answer);
        }
        return answer.get("release").getAsString();
    }

    /** The directory of a release on the server. */
    Path release(String name) {
        return base.resolve("state/www/releases").resolve(name);
    }

    PullSettings settings(Path target, Allowance... allowances) {
        return settings(target, Optional.empty(), allowances);
    }

    private PullSettings settings(Path target, Optional<String> hook, Allowance... allowances) {
        Set<Allowance> all = EnumSet.of(Allowance.OLD_RSYNC);
        all.addAll(List.of(allowances));
        return new PullSettings(
                "www",
                target,
                "127.0.0.1",
                nodePort,
                OptionalInt.empty(),
                "node-" + Objects.requireNonNull(target.getParent()).getFileName(),
                3,
                hook,
                base.resolve("localData"),
                Optional.empty(),
                Optional.empty(),
                1000,
                all);
    }

    /** A node that asks nobody. */
    Pull node(Path target, Allowance... allowances) throws IOException {
        return new Pull(settings(target, allowances), new Silent(), step -> {});
    }

    /** A node that asks nobody, and runs a command behind each flip. */
    Pull nodeWithHook(Path target, String hook) throws IOException {
        return new Pull(settings(target, Optional.of(hook)), new Silent(), step -> {});
    }

    /** Lets a node watch, until its thread is interrupted. */
    static Thread watch(Pull node) {
        Watch watch = new Watch(node, new Silent());
        return Thread.ofPlatform().daemon().start(() -> run(watch));
    }

    private static void run(Watch watch) {
        try {
            watch.run();
        } catch (IOException e) {
            // What it had begun when it was interrupted.
            if (!Thread.currentThread().isInterrupted()) {
                throw new UncheckedIOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says nothing, and never agrees. */
    static final class Silent implements Pull.Talk {
        @Override
        public void say(String line) {}

        @Override
        public boolean mayTakeOver(Path target) {
            return false;
        }
    }

    /** What rsync would have to change to make the second tree the first, times of directories aside: nothing when equal. */
    static String difference(Path first, Path second) {
        return Shell.run("rsync", "-aincO", "--delete", "--modify-window=-1", first + "/", second + "/")
                .orFail();
    }

    /** The same, where rsync copied without --modify-window=-1: then it leaves a new link's own time within a second. */
    static String differenceInSeconds(Path first, Path second) {
        return Shell.run("rsync", "-aincO", "--delete", first + "/", second + "/")
                .orFail();
    }

    static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** A small tree in which every kind of thing is. */
    void fill() throws IOException {
        for (int i = 0; i < 30; i++) {
            write(work.resolve("d" + i % 3 + "/f" + i + ".php"), "<?php // " + i);
        }
        write(work.resolve("index.php"), "<?php // 1");
        Files.createSymbolicLink(work.resolve("latest"), Path.of("d1"));
        // Names that are no UTF-8 and that a shell or a list with lines would take apart.
        Shell.run("sh", "-c", "cd '" + work + "' && touch \"$(printf 'caf\\351 \\\\ \"x\"')\" \"$(printf 'a\\nb')\"")
                .orFail();
    }

    @Override
    public void close() {
        service.close();
    }
}
