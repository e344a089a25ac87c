package org.twinshare.fileserver.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.fileserver.metrics.HttpEndpoint;

/** Whoever connects to the status page and asks slowly, or nothing. */
@Timeout(120)
class SlowVisitorsTest {
    private static final int MOST = 500;

    private static Socket visit(HttpEndpoint http, String request) throws IOException {
        Socket socket = new Socket(http.address().getAddress(), http.address().getPort());
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        return socket;
    }

    /** What comes until the other side closes. */
    private static String answer(Socket socket) throws IOException {
        try (socket) {
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (SocketException e) {
            return "";
        }
    }

    @Test
    void theirConnectionsAreBoundedAndEndAndOthersAreAnsweredThen() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (HttpEndpoint http = HttpEndpoint.start(any, new PrometheusRegistry(), () -> true, () -> "page")) {
            assertThat(answer(visit(http, "GET /healthz HTTP/1.0\r\n\r\n"))).contains("200 OK", "serving");
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < MOST; i++) {
                slow.add(visit(http, i % 2 == 0 ? "GET /healthz HT" : "GET / HTTP/1.1\r\nHost: x\r\n"));
            }
            assertThat(answer(visit(http, "GET /healthz HTTP/1.0\r\n\r\n")))
                    .as("one more than there may be")
                    .isEmpty();
            for (Socket each : slow) {
                assertThat(answer(each)).as("a request that does not end").doesNotContain("200 OK");
            }
            assertThat(answer(visit(http, "GET /healthz HTTP/1.0\r\n\r\n"))).contains("200 OK", "serving");
        }
    }
}
