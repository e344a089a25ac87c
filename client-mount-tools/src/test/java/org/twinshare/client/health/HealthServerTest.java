package org.twinshare.client.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.twinshare.client.node.FakeNode;
import org.twinshare.exports.Problem;

class HealthServerTest {
    private static final String MOUNTED = "33 22 0:30 / /localData rw - nfs nas:/localData rw,vers=3\n";

    private static HttpResponse<String> ask(FakeNode node) throws IOException, InterruptedException {
        Examination examination = new Examination(List.of(new ShareVital(node, Path.of("/localData"), 90)));
        try (HealthServer server =
                        HealthServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), examination);
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/");
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aShareThatAnswersIsWell() throws Exception {
        HttpResponse<String> answer =
                ask(new FakeNode().file("/proc/self/mountinfo", MOUNTED).answer("stat -f", 0, "4096 1000 400\n"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok\n");
    }

    @Test
    void aShareThatDoesNotAnswerIsNot() throws Exception {
        HttpResponse<String> answer =
                ask(new FakeNode().file("/proc/self/mountinfo", MOUNTED).hang("stat -f"));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("/localData does not answer within 1000 ms");
    }

    @Test
    void aFullDiskIsNot() throws Exception {
        HttpResponse<String> answer =
                ask(new FakeNode().file("/proc/self/mountinfo", MOUNTED).answer("stat -f", 0, "4096 1000 100\n"));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("90 % used");
    }

    @Test
    void aDirectoryWithNothingMountedIsNot() throws Exception {
        HttpResponse<String> answer =
                ask(new FakeNode().file("/proc/self/mountinfo", "").answer("stat -f", 0, "1 1 1\n"));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("nothing is mounted at /localData");
    }

    @Test
    void manyWhoAskAtOnceCostOneLook() {
        AtomicInteger looks = new AtomicInteger();
        Problem problem = new Problem("ill", "", "");
        Examination examination = new Examination(List.of(() -> {
            looks.incrementAndGet();
            return Optional.of(problem);
        }));

        for (int i = 0; i < 20; i++) {
            assertThat(examination.problems()).containsExactly(problem);
        }

        assertThat(looks.get()).isLessThan(20);
    }
}
