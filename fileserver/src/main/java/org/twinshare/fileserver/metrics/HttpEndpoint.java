package org.twinshare.fileserver.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * {@code /metrics} for Prometheus, {@code /healthz} for a load balancer, and the status page. Read-only, and bound to
 * localhost unless told otherwise, because it asks nobody who they are.
 */
public final class HttpEndpoint implements AutoCloseable {
    private final HttpServer server;

    private HttpEndpoint(HttpServer server) {
        this.server = server;
    }

    /** Begins to answer. */
    public static HttpEndpoint start(
            InetSocketAddress address,
            PrometheusRegistry registry,
            BooleanSupplier serving,
            Supplier<String> statusPage)
            throws IOException {
        HttpServer server = HttpServers.bind(address, Executors.newVirtualThreadPerTaskExecutor());
        ExpositionFormats formats = ExpositionFormats.init();
        PrometheusTextFormatWriter text = formats.getPrometheusTextFormatWriter();
        server.createContext("/metrics", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", text.getContentType());
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                text.write(body, registry.scrape());
            }
        });
        server.createContext("/healthz", exchange -> {
            boolean well = serving.getAsBoolean();
            answer(exchange, well ? 200 : 503, "text/plain; charset=utf-8", well ? "serving\n" : "not serving\n");
        });
        server.createContext("/", exchange -> {
            boolean known = exchange.getRequestURI().getPath().equals("/");
            answer(exchange, known ? 200 : 404, "text/html; charset=utf-8", known ? statusPage.get() : "not found\n");
        });
        server.start();
        return new HttpEndpoint(server);
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
