package org.twinshare.client.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.node.FakeNode;

/** Debian's HAProxy with the file of the documentation, in front of two nodes of which one loses its share. */
class HaproxyIT {
    private static final Path EXAMPLE = Path.of("../docs/examples/haproxy.cfg");
    private static final String MOUNTED = "33 22 0:30 / /localData rw - nfs nas:/localData rw,vers=3\n";

    private final FakeNode first = node();
    private final FakeNode second = node();

    @TempDir
    private Path directory = Path.of("");

    private List<HttpServer> sites = List.of();
    private List<HealthServer> healths = List.of();
    private @Nullable Process haproxy;
    private URI balanced = URI.create("http://127.0.0.1/");

    private static FakeNode node() {
        return new FakeNode().file("/proc/self/mountinfo", MOUNTED).answer("stat -f", 0, "4096 1000 400\n");
    }

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/sbin/haproxy")), "needs HAProxy: apt-get install haproxy");
        sites = List.of(site("www1"), site("www2"));
        healths = List.of(health(first), health(second));
        int port = freePort();
        balanced = URI.create("http://127.0.0.1:" + port + "/");
        String config = Files.readString(EXAMPLE)
                .replace("bind :80", "bind 127.0.0.1:" + port)
                .replace("check port 9050", "check")
                .replace("192.168.1.11:80", address(0))
                .replace("192.168.1.12:80", address(1));
        Path file = Files.writeString(directory.resolve("haproxy.cfg"), config);
        haproxy = new ProcessBuilder("haproxy", "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    @AfterEach
    void stop() {
        if (haproxy != null) {
            haproxy.destroyForcibly();
        }
        healths.forEach(HealthServer::close);
        sites.forEach(each -> each.stop(0));
    }

    private String address(int node) {
        return "127.0.0.1:" + sites.get(node).getAddress().getPort() + " port "
                + healths.get(node).address().getPort();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static HealthServer health(FakeNode node) throws IOException {
        return HealthServer.start(anyPort(), new Examination(List.of(new ShareVital(node, Path.of("/localData"), 98))));
    }

    private static HttpServer site(String name) throws IOException {
        HttpServer server = HttpServer.create(anyPort(), 0);
        server.createContext("/", exchange -> {
            byte[] body = name.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        return server;
    }

    /** Which nodes answer this many visitors, none of whom brings a cookie. */
    private List<String> visits(int count) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return IntStream.range(0, count).mapToObj(each -> visit(client)).toList();
        }
    }

    private String visit(HttpClient client) {
        try {
            return client.send(HttpRequest.newBuilder(balanced).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException failure) {
            return failure.toString();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private void awaitVisits(List<String> expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(visits(8).stream().sorted().toList()).isEqualTo(expected));
    }

    @Test
    void sendsVisitorsByWeightAndNoneToANodeWhoseShareDoesNotAnswer() {
        List<String> byWeight = Stream.concat(
                        Collections.nCopies(6, "www1").stream(), Collections.nCopies(2, "www2").stream())
                .toList();
        awaitVisits(byWeight);

        first.hang("stat -f");
        awaitVisits(Collections.nCopies(8, "www2"));

        first.answer("stat -f", 0, "4096 1000 400\n");
        awaitVisits(byWeight);
    }
}
