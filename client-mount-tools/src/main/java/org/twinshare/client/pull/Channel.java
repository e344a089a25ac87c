package org.twinshare.client.pull;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Asks the server for news and manifests, by plain HTTP. Thread-safe. */
final class Channel {
    private static final int CONNECT_MILLIS = 5_000;
    /** The server holds a question for 20 s. */
    private static final int READ_MILLIS = 40_000;

    private static final int MAX_ANSWER_BYTES = 512 << 20;
    private static final Gson GSON = new Gson();

    private final PullSettings settings;
    private final String base;

    Channel(PullSettings settings) {
        this.settings = settings;
        String host = settings.server().indexOf(':') >= 0 ? "[" + settings.server() + "]" : settings.server();
        base = "http://" + host + ":" + settings.nodePort() + "/v1/source/" + settings.source() + "/";
    }

    /**
     * What the server says.
     *
     * @param version of the news, to wait for others
     * @param stage   a release to stage, if any
     * @param live    the live release, if any
     */
    record News(
            long version, @Nullable Release stage, @Nullable Release live, boolean allowVanished, int rsyncPort) {}

    /** Reports, and waits for news other than {@code known}; a {@code known} of -1 does not wait. */
    News poll(NodeState state, @Nullable String failed, boolean watch, long known) throws PullFailure {
        JsonObject report = new JsonObject();
        report.addProperty("node", settings.node());
        report.addProperty("live", state.live);
        report.addProperty("staged", state.staged);
        report.addProperty("failed", failed);
        report.add("error", GSON.toJsonTree(state.error));
        report.addProperty("flipped_ms", state.flippedAtMs);
        report.addProperty("watch", watch);
        report.addProperty("known", known);
        byte[] answer = request("poll", report.toString().getBytes(StandardCharsets.UTF_8));
        try {
            JsonObject news = GSON.fromJson(new String(answer, StandardCharsets.UTF_8), JsonObject.class);
            return new News(
                    news.get("version").getAsLong(),
                    release(news, "stage"),
                    release(news, "live"),
                    news.get("allow_vanished").getAsBoolean(),
                    news.get("rsync_port").getAsInt());
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw PullFailure.failed(
                    "what answers at " + base + " is no twinshare server",
                    String.valueOf(e.getMessage()),
                    "see --server and --node-port");
        }
    }

    private static @Nullable Release release(JsonObject news, String key) {
        return news.has(key) ? Release.parse(news.get(key).getAsString()).orElse(null) : null;
    }

    byte[] manifest(Release release) throws PullFailure {
        return request("manifest/" + release.name(), null);
    }

    private byte[] request(String path, byte @Nullable [] body) throws PullFailure {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(base + path).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setInstanceFollowRedirects(false);
            if (body != null) {
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            return answer(connection);
        } catch (IOException | IllegalArgumentException e) {
            throw new PullFailure(
                    PullFailure.Kind.UNREACHABLE,
                    "no twinshare server answers at " + settings.server() + ", TCP port " + settings.nodePort(),
                    String.valueOf(e.getMessage()),
                    "see that it runs there with [source." + settings.source()
                            + "], and that the firewall lets this node in:  twinshare source status");
        }
    }

    private byte[] answer(HttpURLConnection connection) throws IOException, PullFailure {
        int code = connection.getResponseCode();
        if (code == HttpURLConnection.HTTP_OK) {
            try (InputStream in = connection.getInputStream()) {
                return in.readNBytes(MAX_ANSWER_BYTES);
            }
        }
        String words = "";
        try (InputStream in = connection.getErrorStream()) {
            words = in == null ? "" : new String(in.readNBytes(1000), StandardCharsets.UTF_8).strip();
        }
        if (code == HttpURLConnection.HTTP_FORBIDDEN) {
            throw PullFailure.failed(
                    "the server does not let this node have " + settings.source(),
                    words,
                    "add it to the exports table of the server, or to  nodes  of [source." + settings.source() + "]");
        }
        throw PullFailure.failed(
                "the server has no " + settings.source() + " as it was asked for",
                code + " " + words,
                "on the server:  twinshare source status");
    }
}
