package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
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
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.posix.OwnProcess;

/**
 * A site in PHP while its releases change below it, with the caches that PHP has by default: what docs/web-farm-sources.md says
 * that nginx, Apache, php-fpm and mod_php need for it.
 */
final class PhpIT {
    private static final int RELEASES = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String SAYS = "<?php function %s() { return '%d'; }";

    @TempDir
    private Path base;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> pages = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private SourceLab lab;
    private Path target;
    private @Nullable PhpNode php;

    @BeforeEach
    void publishTheFirst() throws Exception {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, for servers with users of their own");
        assumeTrue(PhpNode.program().isPresent(), "needs php-fpm: apt-get install php-fpm");
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        lab = new SourceLab(base, List.of("127.0.0.1"));
        target = Files.createDirectories(base.resolve("web1")).resolve("localSource");
        publish(1);
        assertThat(lab.node(target).once()).isTrue();
    }

    private Path directory() {
        return base.resolve("php");
    }

    private PhpNode serve(List<String> settings) throws IOException {
        PhpNode node = new PhpNode(directory());
        php = node;
        node.start(target, settings);
        return node;
    }

    @AfterEach
    void stop() throws InterruptedException {
        threads.forEach(Thread::interrupt);
        if (php != null) {
            php.close();
        }
        // Only this ends the question that a watcher is waiting for an answer to.
        lab.close();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** A page of three files, each of which says what release it is from. */
    private void publish(int release) throws IOException {
        SourceLab.write(
                lab.work.resolve("index.php"),
                "<?php require __DIR__ . '/lib/a.php'; require __DIR__ . '/lib/b.php'; echo '" + release
                        + " ', a(), ' ', b();");
        SourceLab.write(lab.work.resolve("lib/a.php"), SAYS.formatted("a", release));
        SourceLab.write(lab.work.resolve("lib/b.php"), SAYS.formatted("b", release));
        lab.publish();
    }

    private String page(int port) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/index.php"))
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String pageOf(int release) {
        return "%1$d %1$d %1$d".formatted(release);
    }

    /** Keeps what it saw, each time that it is something else. */
    private void visit(int port) {
        assertThat(page(port)).isEqualTo(pageOf(1));
        pages.add(pageOf(1));
        threads.add(Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                String seen = page(port);
                if (!seen.isEmpty() && !seen.equals(pages.getLast())) {
                    pages.add(seen);
                }
            }
        }));
    }

    private void assertOnlyWholeReleasesWereSeen(int newest) {
        Awaitility.await("the visitor has the newest")
                .atMost(PATIENCE)
                .until(() -> pages.getLast().equals(pageOf(newest)));
        assertThat(pages)
                .allSatisfy(page -> assertThat(page).isEqualTo(pageOf(Integer.parseInt(page.replaceFirst(" .*", "")))));
    }

    private void assertNoneWasSeenBehindALaterOne() {
        assertThat(pages).isSorted().doesNotHaveDuplicates();
    }

    private void everyReleaseIsSeenAtOnce(int port) throws IOException {
        visit(port);
        for (int release = 2; release <= RELEASES; release++) {
            publish(release);
            assertThat(page(port)).isEqualTo(pageOf(release));
        }
        assertOnlyWholeReleasesWereSeen(RELEASES);
        assertNoneWasSeenBehindALaterOne();
    }

    @Test
    void nginxThatResolvesTheLinkNeedsNothingElse() throws Exception {
        PhpNode node = serve(List.of("php_admin_value[opcache.validate_timestamps] = 0"));
        threads.add(SourceLab.watch(lab.node(target)));

        everyReleaseIsSeenAtOnce(node.nginxPort);
    }

    @Test
    void apacheNeedsPhpThatResolvesEachPathAnew() throws Exception {
        PhpNode node = serve(
                List.of("php_admin_value[realpath_cache_size] = 0", "php_admin_value[opcache.revalidate_path] = 1"));
        threads.add(SourceLab.watch(lab.node(target)));

        everyReleaseIsSeenAtOnce(node.apachePort);
    }

    @Test
    void apacheWithPhpAsItIsServesTheOldReleaseUntilTheHookHasReloadedIt() throws Exception {
        PhpNode node = serve(List.of());
        threads.add(SourceLab.watch(lab.nodeWithHook(target, PhpNode.reload(directory()))));

        visit(node.apachePort);
        for (int release = 2; release <= RELEASES / 2; release++) {
            publish(release);
            String whole = pageOf(release);
            Awaitility.await("release " + release + " is shown")
                    .atMost(PATIENCE)
                    .until(() -> page(node.apachePort).equals(whole));
        }
        assertOnlyWholeReleasesWereSeen(RELEASES / 2);
        assertNoneWasSeenBehindALaterOne();
    }

    private PhpNode serveModPhp(List<String> settings) throws IOException {
        assumeTrue(PhpNode.module().isPresent(), "needs mod_php: apt-get install libapache2-mod-php");
        PhpNode node = new PhpNode(directory());
        php = node;
        node.startModPhp(target, settings);
        return node;
    }

    @Test
    void modPhpNeedsToResolveEachPathAnew() throws Exception {
        PhpNode node = serveModPhp(
                List.of("php_admin_value realpath_cache_size 0", "php_admin_value opcache.revalidate_path 1"));
        threads.add(SourceLab.watch(lab.node(target)));

        everyReleaseIsSeenAtOnce(node.modPhpPort);
    }

    /** Until the last one is gone, either may answer: one that has been told to end can take a connection once more. */
    @Test
    void modPhpAsItIsServesTheOldReleaseUntilTheHookHasReplacedItsProcesses() throws Exception {
        PhpNode node = serveModPhp(List.of());
        threads.add(SourceLab.watch(lab.nodeWithHook(target, PhpNode.graceful(directory()))));

        visit(node.modPhpPort);
        for (int release = 2; release <= RELEASES / 2; release++) {
            List<ProcessHandle> old = Awaitility.await("all processes run")
                    .atMost(PATIENCE)
                    .until(node::processesWithPhp, processes -> processes.size() == PhpNode.PROCESSES);
            publish(release);
            Awaitility.await("the processes of before release " + release + " are gone")
                    .atMost(PATIENCE)
                    .until(() -> old.stream().noneMatch(ProcessHandle::isAlive));
            for (int i = 0; i < 10 * PhpNode.PROCESSES; i++) {
                assertThat(page(node.modPhpPort)).isEqualTo(pageOf(release));
            }
        }
        assertOnlyWholeReleasesWereSeen(RELEASES / 2);
    }
}
