package org.twinshare.fileserver.site;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.lab.LabProgram;

/**
 * A program that visits the site: takes the addresses of its web nodes, as DNS would tell them, and goes to one after the
 * other. {@code get NODE PATH} and {@code upload NODE NAME} go to one node and print the status, the milliseconds and the text;
 * {@code crowd NODE PATH N} begins to get a page for N visitors at once, and {@code answers} waits for
 * all of them, and prints the status and the milliseconds of each;
 * {@code uploading} begins to upload one file after the other, {@code acknowledged} says how many came through so far,
 * {@code stop} ends it and prints that and the longest wait, {@code verify} gets each of them from each node.
 */
public final class Visitor {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final List<String> nodes;
    private final List<String> acknowledged = new ArrayList<>();
    private volatile boolean stopped;
    private final AtomicInteger count = new AtomicInteger();
    private long longestMillis;
    private int refused;
    private @Nullable Thread uploading;
    private final List<CompletableFuture<Answer>> crowd = new ArrayList<>();

    private Visitor(List<String> nodes) {
        this.nodes = nodes;
    }

    /** Takes the addresses of the nodes. */
    public static void main(String[] addresses) throws IOException, InterruptedException {
        Visitor visitor = new Visitor(List.of(addresses));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            visitor.obey(line.split(" "));
            System.out.println(LabProgram.DONE);
        }
    }

    private void obey(String... words) throws InterruptedException {
        switch (words[0]) {
            case "get" -> System.out.println(get(nodes.get(Integer.parseInt(words[1])), words[2]));
            case "upload" -> System.out.println(upload(nodes.get(Integer.parseInt(words[1])), words[2]));
            case "crowd" -> crowd(nodes.get(Integer.parseInt(words[1])), words[2], Integer.parseInt(words[3]));
            case "answers" -> crowd.stream().map(CompletableFuture::join).forEach(Answer::printShort);
            case "uploading" -> uploading = Thread.ofPlatform().start(this::uploadAll);
            case "acknowledged" -> System.out.println(count.get());
            case "stop" -> stop();
            case "verify" -> verify();
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private record Answer(int status, long millis, String text) {
        void printShort() {
            System.out.println(status + " " + millis);
        }

        @Override
        public String toString() {
            return status + " " + millis + " " + text.strip();
        }
    }

    private Answer get(String node, String path) throws InterruptedException {
        return ask(HttpRequest.newBuilder(URI.create("http://" + node + path)));
    }

    private void crowd(String node, String path, int visitors) {
        for (int i = 0; i < visitors; i++) {
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            crowd.add(answer);
            Thread unusedDaemon = Thread.ofPlatform().daemon().start(() -> {
                try {
                    answer.complete(get(node, path));
                } catch (InterruptedException e) {
                    answer.completeExceptionally(e);
                }
            });
        }
    }

    private Answer upload(String node, String name) throws InterruptedException {
        return ask(HttpRequest.newBuilder(URI.create("http://" + node + "/localData/upload?" + name))
                .POST(HttpRequest.BodyPublishers.ofString(contentOf(name))));
    }

    private static String contentOf(String name) {
        return ("picture " + name + "\n").repeat(100);
    }

    private Answer ask(HttpRequest.Builder request) throws InterruptedException {
        long begin = System.nanoTime();
        int status = 0;
        String text;
        try {
            HttpResponse<String> response =
                    client.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
            status = response.statusCode();
            text = response.body();
        } catch (IOException e) {
            text = e.toString();
        }
        return new Answer(status, (System.nanoTime() - begin) / 1_000_000, text);
    }

    /** A visitor whose upload is refused tries again, with the next node. */
    private void uploadAll() {
        try {
            long last = System.nanoTime();
            for (int i = 0; !stopped; i++) {
                String name = "u" + i;
                if (upload(nodes.get(i % nodes.size()), name).status() != 201) {
                    refused++;
                    continue;
                }
                acknowledged.add(name);
                int unusedSoFar = count.incrementAndGet();
                long now = System.nanoTime();
                longestMillis = Math.max(longestMillis, (now - last) / 1_000_000);
                last = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() throws InterruptedException {
        stopped = true;
        if (uploading != null) {
            uploading.join();
        }
        System.out.println(count + " uploads, " + refused + " refused, longest wait " + longestMillis + " ms");
    }

    private void verify() throws InterruptedException {
        for (String node : nodes) {
            for (String name : acknowledged) {
                Answer answer = get(node, "/localData/uploads/" + name);
                if (answer.status() != 200 || !answer.text().equals(contentOf(name))) {
                    System.out.println("WRONG: " + name + " on " + node + ": " + answer);
                }
            }
        }
        System.out.println(acknowledged.size());
    }
}
