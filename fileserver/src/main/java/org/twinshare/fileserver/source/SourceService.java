package org.twinshare.fileserver.source;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.Json;

/**
 * All source trees of a server: their rsync daemon, their node channel, and what {@code twinshare source} asks of them.
 * Thread-safe.
 */
public final class SourceService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceService.class);
    private static final int REFRESH_S = 10;
    private static final int COPY_S = 2;

    private final SourceSettings settings;
    private final Host host;
    private final Path directory;
    private final Map<String, SourceTree> sources = new TreeMap<>();
    private final RsyncDaemon rsync;
    private final ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sources").factory());
    /** Its own thread, because a large release takes a while to copy. */
    private final ScheduledExecutorService copies = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("source-copies").factory());

    private final List<Thread> followers = new ArrayList<>();
    private @Nullable NodeChannel channel;
    private volatile @Nullable Problem channelProblem;

    private SourceService(SourceSettings settings, Path directory, Host host) {
        this.settings = settings;
        this.directory = directory;
        this.host = host;
        for (SourceSetting setting : settings.sources()) {
            Path root = setting.releases().orElse(directory.resolve(setting.name()));
            sources.put(setting.name(), new SourceTree(setting, new ReleaseStore(root), host));
        }
        rsync = new RsyncDaemon(settings, configuration(), host);
    }

    /**
     * Starts the daemon and the channel, where there is a source. A port that is taken keeps nothing else from being served.
     *
     * @param directory where rsyncd.conf goes, and releases that have no place of their own
     */
    public static SourceService start(SourceSettings settings, Path directory, Host host)
            throws IOException, SourceRefused {
        SourceService service = new SourceService(settings, directory, host);
        if (!service.sources.isEmpty()) {
            service.begin();
        }
        return service;
    }

    private void begin() throws IOException, SourceRefused {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (SourceTree source : sources.values()) {
            checkSecrets(source.setting());
            source.prepare();
            source.refreshNodes(host.exports());
        }
        writeConfiguration();
        rsync.start();
        openChannel();
        for (SourceTree source : sources.values()) {
            followers.add(Thread.ofPlatform()
                    .daemon()
                    .name("source-" + source.setting().name())
                    .start(new TwinFollower(source, host, settings.channel().getPort())));
        }
        ScheduledFuture<?> unused =
                chores.scheduleWithFixedDelay(this::refresh, REFRESH_S, REFRESH_S, TimeUnit.SECONDS);
        ScheduledFuture<?> unusedToo = copies.scheduleWithFixedDelay(this::copyAhead, COPY_S, COPY_S, TimeUnit.SECONDS);
    }

    private static void checkSecrets(SourceSetting setting) throws IOException, SourceRefused {
        Path file = setting.secretsFile().orElse(null);
        if (file == null) {
            return;
        }
        if (!Files.isRegularFile(file)
                || !PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                        .endsWith("------")) {
            throw SourceRefused.failed(
                    "cannot use the secrets of [source." + setting.name() + "]",
                    file + " is missing, or not its owner's alone",
                    "lines USER:PASSWORD in it, and  chmod 600 " + file);
        }
    }

    private Path configuration() {
        return directory.resolve("rsyncd.conf");
    }

    private void writeConfiguration() throws IOException {
        RsyncdConfiguration text = new RsyncdConfiguration(settings.rsync(), directory, host.isRoot());
        for (SourceTree source : sources.values()) {
            String gid = host.isRoot() ? RunAs.groupOf(source.setting().runAs()) : "";
            text.add(source.setting(), source.store(), source.networks().hostsAllow(), gid);
        }
        Path temporary = configuration().resolveSibling("rsyncd.conf.new");
        Files.writeString(temporary, text.text());
        Files.move(temporary, configuration(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void openChannel() throws IOException {
        try {
            channel = NodeChannel.start(
                    settings.channel(), sources, settings.rsync().getPort());
            channelProblem = null;
        } catch (BindException e) {
            channelProblem = settings.channelTaken(
                    host.holderOf(settings.channel().getPort()).orElse(String.valueOf(e.getMessage())));
        }
    }

    private void refresh() {
        try {
            boolean changed = false;
            for (SourceTree source : sources.values()) {
                changed |= source.refreshNodes(host.exports());
            }
            if (changed) {
                writeConfiguration();
            }
            if (channel == null) {
                openChannel();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Looking after the sources failed: {}; it is tried again in {} s", e.toString(), REFRESH_S);
        }
    }

    private void copyAhead() {
        for (SourceTree source : sources.values()) {
            try {
                source.prepareNext();
            } catch (IOException | RuntimeException e) {
                // A publish makes the copy that it needs by itself.
                LOG.debug("no copy of {} ahead: {}", source.setting().name(), e.toString());
            }
        }
    }

    /** What keeps the sources from being served now. */
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        rsync.problem().ifPresent(problems::add);
        Optional.ofNullable(channelProblem).ifPresent(problems::add);
        return problems;
    }

    /** What an operator should know at the start, in words. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (SourceTree source : sources.values()) {
            String name = source.setting().name();
            notes.add("source " + name + " for rsync on TCP port "
                    + settings.rsync().getPort() + ", for  "
                    + (source.networks().networks().isEmpty()
                            ? "nobody"
                            : source.networks().hostsAllow()));
            if (!source.networks().unknown().isEmpty()) {
                notes.add("source " + name + ": no addresses are known of "
                        + String.join(", ", source.networks().unknown()) + "; name the nodes with  nodes = [...]");
            }
        }
        problems().forEach(problem -> notes.add(problem.text()));
        return notes;
    }

    /** The process of the rsync daemon, while it runs. */
    Optional<ProcessHandle> daemon() {
        return rsync.handle();
    }

    /** Carries out a request of {@code twinshare source}; the answer has a {@code problem} where it was not done. */
    public JsonObject handle(JsonObject request) {
        JsonObject answer = new JsonObject();
        try {
            switch (request.get("action").getAsString()) {
                case "publish" ->
                    answer = json(changeable(request)
                            .publish(flag(request, "allow_vanished"), text(request, "note", ""), timeout(request)));
                case "rollback" ->
                    answer = json(changeable(request).rollback(textOrNull(request, "to"), timeout(request)));
                case "checkout" -> {
                    String into = textOrNull(request, "into");
                    answer.addProperty("directory", source(request).checkout(into == null ? null : Path.of(into)));
                }
                case "list" -> answer.add("releases", list(source(request)));
                case "status" -> answer.add("sources", status(request));
                default -> throw new IllegalArgumentException("no such action");
            }
        } catch (SourceRefused e) {
            refused(answer, e.problem(), e.kind());
        } catch (IOException e) {
            refused(
                    answer,
                    new Problem("it was not done", String.valueOf(e.getMessage()), "see the disk, and do it again"),
                    SourceRefused.Kind.FAILED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refused(
                    answer,
                    new Problem("it was not done", "the server stops", "do it again when it is back"),
                    SourceRefused.Kind.FAILED);
        }
        return answer;
    }

    private static void refused(JsonObject answer, Problem problem, SourceRefused.Kind kind) {
        answer.add("problem", Json.GSON.toJsonTree(problem));
        answer.addProperty("unsafe", kind == SourceRefused.Kind.UNSAFE);
    }

    private static JsonObject json(Object value) {
        return Json.GSON.toJsonTree(value).getAsJsonObject();
    }

    private static boolean flag(JsonObject request, String name) {
        return request.has(name) && request.get(name).getAsBoolean();
    }

    private static String text(JsonObject request, String name, String otherwise) {
        String text = textOrNull(request, name);
        return text == null ? otherwise : text;
    }

    private static @Nullable String textOrNull(JsonObject request, String name) {
        JsonElement value = request.get(name);
        return value == null || value instanceof JsonNull ? null : value.getAsString();
    }

    private static Duration timeout(JsonObject request) {
        return Duration.ofMillis(request.get("timeout_ms").getAsLong());
    }

    private SourceTree changeable(JsonObject request) throws SourceRefused {
        if (host.twin().map(Host.Twin::isFollowed).orElse(false)) {
            throw SourceRefused.unsafe(
                    "refused: this server is the standby",
                    "its releases are those of the primary",
                    "run it on the primary; twinshare status  shows which one that is");
        }
        return source(request);
    }

    private SourceTree source(JsonObject request) throws SourceRefused {
        String name = text(request, "source", "");
        SourceTree source = sources.get(name);
        if (source == null) {
            throw SourceRefused.failed(
                    "there is no source " + name,
                    sources.isEmpty()
                            ? "the settings have no [source.NAME]"
                            : "there are: " + String.join(", ", sources.keySet()),
                    "add to the settings file:  [source." + name + "]  and below it  path = \"/srv/" + name + "\""
                            + ", and restart the server");
        }
        return source;
    }

    private static JsonArray list(SourceTree source) throws IOException {
        JsonArray releases = new JsonArray();
        Optional<Release> live = source.store().live();
        for (Release release : source.store().all()) {
            JsonObject each = json(source.store().facts(release));
            each.addProperty("release", release.name());
            each.addProperty("live", live.equals(Optional.of(release)));
            releases.add(each);
        }
        return releases;
    }

    private JsonArray status(JsonObject request) throws IOException, SourceRefused {
        String name = textOrNull(request, "source");
        JsonArray all = new JsonArray();
        for (SourceTree source : name == null ? List.copyOf(sources.values()) : List.of(source(request))) {
            JsonObject each = new JsonObject();
            each.addProperty("source", source.setting().name());
            each.addProperty("path", source.setting().path().toString());
            source.store().live().ifPresent(live -> each.addProperty("live", live.name()));
            each.add("problems", Json.GSON.toJsonTree(problems()));
            each.add("nodes", nodes(source));
            all.add(each);
        }
        return all;
    }

    private static JsonArray nodes(SourceTree source) {
        JsonArray nodes = new JsonArray();
        for (Rollout.Seen seen : source.rollout().nodes()) {
            JsonObject node = json(seen.report());
            node.remove("known");
            node.addProperty("address", seen.address());
            node.addProperty("seen_seconds_ago", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - seen.atNs()));
            nodes.add(node);
        }
        return nodes;
    }

    @Override
    public void close() {
        chores.shutdownNow();
        copies.shutdownNow();
        followers.forEach(Thread::interrupt);
        rsync.close();
        if (channel != null) {
            channel.close();
        }
    }
}
