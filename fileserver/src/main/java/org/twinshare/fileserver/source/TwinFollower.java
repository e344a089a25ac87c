package org.twinshare.fileserver.source;

import com.google.common.net.HostAndPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.Json;

/**
 * The standby's copy of one source. It asks the primary for news as a node does, so that a publish waits for it and names it;
 * what it stages is a release of its own, so that nodes go on with it after a failover. A thread of its own, until it is
 * interrupted.
 */
final class TwinFollower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TwinFollower.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** Longer than the primary keeps a poll. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final long RETRY_MILLIS = 1000;

    private final SourceTree source;
    private final Host host;
    private final int channelPort;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private long known;
    private @Nullable String staged;
    private @Nullable String failed;
    private @Nullable Problem error;
    /** Why nothing comes is said once. */
    private boolean said;

    /** What the primary answers to a poll. */
    private record News(
            long version, @Nullable String stage, @Nullable String live, int rsyncPort) {}

    TwinFollower(SourceTree source, Host host, int channelPort) {
        this.source = source;
        this.host = host;
        this.channelPort = channelPort;
    }

    @Override
    public void run() {
        try {
            while (true) {
                if (!followed()) {
                    Thread.sleep(RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            // The server stops.
        }
    }

    /** One poll; false where there was nobody to ask, or nothing came of it. */
    private boolean followed() throws InterruptedException {
        try {
            Host.Twin twin = host.twin().orElse(null);
            if (twin == null || !twin.isFollowed()) {
                known = 0;
                return false;
            }
            follow(twin);
            said = false;
            return true;
        } catch (IOException | RuntimeException e) {
            if (!said) {
                LOG.info("the releases of {} cannot be followed now: {}", name(), e.getMessage());
                said = true;
            }
            return false;
        }
    }

    private String name() {
        return source.setting().name();
    }

    /** One poll, and what comes of it. */
    private void follow(Host.Twin twin) throws IOException, InterruptedException {
        News news = poll(twin);
        known = news.version;
        URI rsync = URI.create("rsync://" + HostAndPort.fromParts(twin.address(), news.rsyncPort) + "/" + name());
        if (news.stage != null && !news.stage.equals(staged)) {
            stage(twin, rsync, news.stage);
        }
        if (news.live != null && !news.live.equals(live())) {
            stage(twin, rsync, news.live);
            if (news.live.equals(staged)) {
                source.follow(release(news.live));
                LOG.info("release {} of {} is the live one", news.live, name());
            }
        }
    }

    private @Nullable String live() throws IOException {
        return source.store().live().map(Release::name).orElse(null);
    }

    private News poll(Host.Twin twin) throws IOException, InterruptedException {
        NodeReport report = new NodeReport("standby:" + twin.ownName(), live(), staged, failed, error, 0, true, known);
        byte[] answer = send(request(twin, "poll")
                .POST(HttpRequest.BodyPublishers.ofString(Json.GSON.toJson(report)))
                .build());
        News news = Json.GSON.fromJson(new String(answer, StandardCharsets.UTF_8), News.class);
        if (news == null) {
            throw new IOException("an empty answer");
        }
        return news;
    }

    private HttpRequest.Builder request(Host.Twin twin, String path) {
        HostAndPort channel = HostAndPort.fromParts(twin.address(), channelPort);
        return HttpRequest.newBuilder(URI.create("http://" + channel + NodeChannel.PREFIX + name() + "/" + path))
                .timeout(ANSWER);
    }

    private byte[] send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        check(response, new String(response.body(), StandardCharsets.UTF_8));
        return response.body();
    }

    private static void check(HttpResponse<?> response, String words) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException(
                    response.request().uri() + " answers " + response.statusCode() + ": " + words.strip());
        }
    }

    private static Release release(String name) throws IOException {
        return Release.parse(name).orElseThrow(() -> new IOException(name + " is no name of a release"));
    }

    /** Makes a release one of this server's, and tells the primary with the next poll. */
    private void stage(Host.Twin twin, URI rsync, String name) throws InterruptedException {
        try {
            Release release = release(name);
            if (!source.store().all().contains(release)) {
                source.receive(store -> fetch(twin, rsync, release, store));
            }
            staged = name;
            failed = null;
            error = null;
        } catch (IOException | IllegalArgumentException | SourceRefused e) {
            LOG.warn("release {} of {} cannot be kept on this server: {}", name, name(), e.getMessage());
            failed = name;
            error = new Problem(
                    "the standby cannot keep release " + name,
                    String.valueOf(e.getMessage()),
                    "see the disk of the standby, and that rsync reaches this server; it is tried again");
        }
    }

    private void fetch(Host.Twin twin, URI rsync, Release release, ReleaseStore store)
            throws IOException, InterruptedException, SourceRefused {
        Path staging = store.clearStaging();
        HttpResponse<Path> manifest = http.send(
                request(twin, "manifest/" + release.name()).GET().build(),
                HttpResponse.BodyHandlers.ofFile(staging.resolve("manifest")));
        check(manifest, "no manifest");
        if (!Manifest.hash(manifest.body()).equals(release.hash())) {
            throw new IOException("the manifest that came is not that of " + release.name());
        }
        byte[] facts = send(request(twin, "facts/" + release.name()).GET().build());
        Path tree = staging.resolve("tree");
        List<String> command = new ArrayList<>(List.of(
                "rsync", "-a", "--no-D", "--numeric-ids", "--modify-window=-1", "--timeout=60", "--contimeout=5"));
        Optional<Release> live = store.live();
        for (Release other : store.all()) {
            if (live.equals(Optional.of(other)) || other.hash().equals(release.hash())) {
                command.add("--link-dest=" + store.tree(other));
            }
        }
        command.addAll(List.of("--", rsync + ".releases/" + release.name() + "/", tree + "/"));
        SystemProgram.output(Path.of("/"), command, new byte[0]);
        if (!TreeProcess.isAs(manifest.body(), tree)) {
            throw new IOException("what rsync brought is not what the manifest of " + release.name() + " says");
        }
        store.receive(tree, release, manifest.body(), facts);
        LOG.info("release {} of {} is kept on this server too", release.name(), name());
    }
}
