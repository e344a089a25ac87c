package org.twinshare.client.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.twinshare.exports.Problem;

/** Answers a load balancer over HTTP: 200 when this node can serve, 503 and the reason when not, whatever path is asked for. */
public final class HealthServer implements Closeable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;

    private HealthServer(HttpServer server) {
        this.server = server;
    }

    /** Listens and answers from now on. */
    public static HealthServer start(InetSocketAddress address, Examination examination) throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> answer(exchange, examination.problems()));
        server.start();
        return new HealthServer(server);
    }

    /** Where it listens, with the port that the system chose where none was named. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private static void answer(HttpExchange exchange, List<Problem> problems) throws IOException {
        String text = problems.isEmpty()
                ? "ok\n"
                : problems.stream().map(each -> each.text() + "\n").collect(Collectors.joining());
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(problems.isEmpty() ? OK : UNAVAILABLE, head ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            if (!head) {
                out.write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
