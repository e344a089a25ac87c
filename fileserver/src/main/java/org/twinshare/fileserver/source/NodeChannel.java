package org.twinshare.fileserver.source;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.metrics.HttpServers;

/**
 * How nodes learn of releases: plain HTTP with JSON, read-only but for a node's report of itself, and only for the addresses
 * of the nodes. {@code POST /v1/source/NAME/poll} waits for news, {@code GET /v1/source/NAME/manifest/RELEASE} says what a
 * release consists of, and {@code facts/RELEASE} what else is known of it, for the standby. A node trusts the server's address as it does when it mounts. Each request has a virtual thread.
 */
final class NodeChannel implements AutoCloseable {
    private static final int MAX_REPORT_BYTES = 64 << 10;
    private static final Duration POLL = Duration.ofSeconds(20);
    static final String PREFIX = "/v1/source/";

    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<String, SourceTree> sources;
    private final int rsyncPort;

    private NodeChannel(HttpServer server, ExecutorService threads, Map<String, SourceTree> sources, int rsyncPort) {
        this.server = server;
        this.threads = threads;
        this.sources = sources;
        this.rsyncPort = rsyncPort;
    }

    /** Begins to answer. */
    static NodeChannel start(InetSocketAddress address, Map<String, SourceTree> sources, int rsyncPort)
            throws IOException {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        NodeChannel channel = new NodeChannel(HttpServers.bind(address, threads), threads, sources, rsyncPort);
        channel.server.createContext("/", channel::handle);
        channel.server.start();
        return channel;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            List<String> words = words(exchange.getRequestURI().getPath());
            SourceTree source = words.isEmpty() ? null : sources.get(words.getFirst());
            InetAddress node = exchange.getRemoteAddress().getAddress();
            if (source == null) {
                refuse(exchange, 404, "no such source");
            } else if (!source.allows(node)) {
                refuse(exchange, 403, node.getHostAddress() + " is no node of " + words.getFirst());
            } else {
                answer(exchange, source, words.subList(1, words.size()));
            }
        }
    }

    private static List<String> words(String path) {
        return path.startsWith(PREFIX) ? List.of(path.substring(PREFIX.length()).split("/", -1)) : List.of();
    }

    private void answer(HttpExchange exchange, SourceTree source, List<String> words) throws IOException {
        String method = exchange.getRequestMethod();
        if (method.equals("POST") && words.equals(List.of("poll"))) {
            poll(exchange, source);
        } else if (method.equals("GET") && words.size() == 2 && words.getFirst().equals("manifest")) {
            answer(exchange, "text/plain; charset=us-ascii", source.manifest(words.getLast()));
        } else if (method.equals("GET") && words.size() == 2 && words.getFirst().equals("facts")) {
            answer(exchange, "application/json", source.facts(words.getLast()));
        } else {
            refuse(exchange, 404, "nothing is here");
        }
    }

    /** From the file: the manifests of large trees, for many nodes at once, are more than a server has memory for. */
    private static void answer(HttpExchange exchange, String type, Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            refuse(exchange, 404, "no such release");
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        try (InputStream in = Files.newInputStream(file.get());
                OutputStream out = sending(exchange, 200, Files.size(file.get()))) {
            in.transferTo(out);
        }
    }

    private static OutputStream sending(HttpExchange exchange, int code, long bytes) throws IOException {
        exchange.sendResponseHeaders(code, bytes);
        return exchange.getResponseBody();
    }

    private void poll(HttpExchange exchange, SourceTree source) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_REPORT_BYTES);
        try {
            NodeReport report = Json.GSON.fromJson(new String(body, StandardCharsets.UTF_8), NodeReport.class);
            if (report == null || !report.isUsable()) {
                refuse(exchange, 400, "not a report");
                return;
            }
            String address = exchange.getRemoteAddress().getAddress().getHostAddress();
            Rollout.News news = source.rollout().poll(report, address, POLL);
            JsonObject answer = Json.GSON.toJsonTree(news).getAsJsonObject();
            answer.addProperty("rsync_port", rsyncPort);
            send(exchange, 200, "application/json", answer.toString().getBytes(StandardCharsets.UTF_8));
        } catch (JsonParseException e) {
            refuse(exchange, 400, "not a report");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void refuse(HttpExchange exchange, int code, String why) throws IOException {
        send(exchange, code, "text/plain; charset=utf-8", (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        try (OutputStream out = sending(exchange, code, body.length)) {
            out.write(body);
        }
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
