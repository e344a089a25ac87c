package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.filestore.posix.OwnProcess;

/** PHP's sessions on two nodes that a visitor is sent to in turn: what docs/web-farm.md says of them. */
final class PhpSessionIT {
    private static final Path MEMCACHED = Path.of("/usr/bin/memcached");
    private static final String COUNT =
            "<?php session_start(); $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1; echo $_SESSION['count'];";

    @TempDir
    private Path base;

    private final HttpClient visitor =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final List<PhpNode> nodes = new ArrayList<>();
    private @Nullable Process memcached;

    @BeforeEach
    void write() throws IOException {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, for servers with users of their own");
        assumeTrue(PhpNode.program().isPresent(), "needs php-fpm: apt-get install php-fpm");
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(base.resolve("count.php"), COUNT);
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (PhpNode node : nodes) {
            node.close();
        }
        if (memcached != null) {
            memcached.destroy();
            int unusedExitCode = memcached.waitFor();
        }
    }

    private void startNode(List<String> settings) throws IOException {
        PhpNode node = new PhpNode(base.resolve("node" + nodes.size()));
        nodes.add(node);
        node.start(base, settings);
    }

    /** What the visitor is told who is sent to each node in turn. */
    private List<String> visits() throws IOException, InterruptedException {
        List<String> counts = new ArrayList<>();
        for (int visit = 0; visit < 4; visit++) {
            URI page = URI.create("http://127.0.0.1:" + nodes.get(visit % nodes.size()).nginxPort + "/count.php");
            counts.add(visitor.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body());
        }
        return counts;
    }

    @Test
    void sessionsInFilesAreOfOneNode() throws Exception {
        for (String name : List.of("sessions0", "sessions1")) {
            Path sessions = Files.createDirectory(base.resolve(name));
            Files.setPosixFilePermissions(sessions, PosixFilePermissions.fromString("rwxrwxrwx"));
            startNode(List.of("php_value[session.save_path] = " + sessions));
        }

        assertThat(visits()).containsExactly("1", "1", "2", "2");
    }

    @Test
    void sessionsInMemcachedAreTheSameOnAllNodes() throws Exception {
        assumeTrue(Files.exists(MEMCACHED), "needs memcached and its handler: apt-get install memcached php-memcached");
        int port = Ports.free();
        memcached = new ProcessBuilder(
                        MEMCACHED.toString(), "-u", "nobody", "-l", "127.0.0.1", "-p", Integer.toString(port))
                .redirectErrorStream(true)
                .redirectOutput(base.resolve("memcached.log").toFile())
                .start();
        Awaitility.await("memcached listens").atMost(Duration.ofSeconds(30)).until(() -> Ports.isTaken(port));
        for (int node = 0; node < 2; node++) {
            startNode(List.of(
                    "php_value[session.save_handler] = memcached", "php_value[session.save_path] = 127.0.0.1:" + port));
        }

        assertThat(visits()).containsExactly("1", "2", "3", "4");
    }
}
