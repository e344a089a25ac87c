package org.twinshare.fileserver.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.lab.LabProgram;
import org.twinshare.fileserver.lab.PairLab;

/**
 * Two web nodes behind round robin are one site: uploads to either are seen on both, a publish flips both, and when the
 * primary dies pages go on at once and uploads when the standby has taken over. The times are printed.
 */
@Tag("alone")
class SiteIT {
    /** How long nobody serves the share before the standby is told to. */
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("twinshare.outage", 15));
    /** What is written here sends what it was sent into the share, whole or not at all. */
    private static final String UPLOAD = """
            #!/bin/sh
            name=/localData/uploads/$QUERY_STRING
            if cat > "$name.part" && mv "$name.part" "$name"; then
                printf 'Status: 201 Created\\r\\nContent-Type: text/plain\\r\\n\\r\\nkept\\n'
            else
                printf 'Status: 500 Failed\\r\\nContent-Type: text/plain\\r\\n\\r\\nnot kept\\n'
            fi
            """;

    /** How long a visitor waits for a script in PHP: what docs/examples has, where the outage is long enough to see that. */
    private static final int SCRIPT_PATIENCE_SECONDS = OUTAGE.toSeconds() < 60 ? 3 : 30;

    /** In the pool of docs/examples. */
    private static final int SHARE_WORKERS = 10;

    private static final int PAGES = 5;
    private static final int CROWD = 2 * SHARE_WORKERS;

    private static final String PAGE = "<?php echo 'a page';";
    private static final String UPLOAD_PHP =
            "<?php $name = '/localData/uploads/' . uniqid(); file_put_contents($name, 'kept') or http_response_code(500);"
                    + " echo file_get_contents($name);";

    @TempDir
    private Path base;

    private Path work;
    private PairLab pair;
    private List<ApacheNode> nodes;
    private LabProgram visitor;

    @BeforeEach
    void open() throws IOException {
        work = base.resolve("work");
        Files.createDirectories(work.resolve("cgi-bin"));
        Files.writeString(work.resolve("cgi-bin/upload"), UPLOAD);
        Files.setPosixFilePermissions(work.resolve("cgi-bin/upload"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(work.resolve("page.php"), PAGE);
        Files.writeString(work.resolve("upload.php"), UPLOAD_PHP);
        write("release one");
        pair = PairLab.withSource(base.resolve("twinshare.conf"), work);
        for (String name : List.of("uploads", "logs")) {
            Files.setPosixFilePermissions(
                    Files.createDirectory(pair.data("nas1").resolve(name)),
                    PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        pair.one.twinshare("source", "publish", "www").orFail();
        pair.join();
        PairLab.awaitInStep(pair.one);
        nodes = List.of(
                ApacheNode.start(pair.lab, "web1", "10.213.77.2", SCRIPT_PATIENCE_SECONDS),
                ApacheNode.start(pair.lab, "web2", "10.213.77.3", SCRIPT_PATIENCE_SECONDS));
        visitor = pair.lab.program(Visitor.class, "10.213.77.2", "10.213.77.3");
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    private void write(String content) throws IOException {
        Files.writeString(work.resolve("index.html"), content + "\n");
    }

    private String[] ask(String command) {
        return visitor.ask(command).getFirst().split(" ", 3);
    }

    private void awaitShown(String content) {
        for (int node = 0; node < nodes.size(); node++) {
            String command = "get " + node + " /index.html";
            Awaitility.await("node " + node + " shows " + content)
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> ask(command)[2].equals(content));
        }
    }

    @Test
    void twoNodesAreOneSiteAlsoWhenThePrimaryDies() throws Exception {
        awaitShown("release one");

        anUploadToOneIsSeenOnTheOther("photo1", 0, 1);
        anUploadToOneIsSeenOnTheOther("photo2", 1, 0);
        assertThat(ask("get 1 /upload.php")).contains("200", "kept");

        write("release two");
        pair.one.twinshare("source", "publish", "www").orFail();
        long published = System.nanoTime();
        awaitShown("release two");
        System.out.println("both nodes show a release " + millisSince(published) + " ms after the end of publish");

        visitor.ask("uploading");
        awaitUploads(10);
        pair.one.kill();
        Awaitility.await().pollDelay(OUTAGE).timeout(OUTAGE.plusMinutes(1)).until(() -> true);
        for (int node = 0; node < nodes.size(); node++) {
            String[] page = ask("get " + node + " /index.html");
            System.out.println(
                    "a page without the share, " + OUTAGE.toSeconds() + " s without a server: " + page[1] + " ms");
            assertThat(page).as("page").contains("200", "release two");
            assertThat(Long.parseLong(page[1])).as("milliseconds of a page").isLessThan(1000);
        }
        scriptsThatWaitForTheShareHoldUpNoOthers();
        visitor.ask("crowd 0 /localData/logs/asked-for 1");
        String stuck = nodes.getFirst().sh(STUCK_WORKER_DIES);
        assertThat(stuck).isEqualTo("gone\n");

        assertThat(pair.two.twinshare("failover").orFail()).contains("Nothing acknowledged is missing");
        long failedOver = System.nanoTime();
        awaitUploads(1);
        System.out.println("an upload " + millisSince(failedOver) + " ms after the failover");
        awaitUploads(10);
        String stopped = visitor.ask("stop").getFirst();
        List<String> verified = visitor.ask("verify");
        System.out.println(stopped + "; seen on both nodes: " + verified);
        assertThat(verified).hasSize(1);
        awaitShown("release two");
        awaitWaitingWorkers(0);
        assertThat(ask("get 0 /upload.php")).contains("200", "kept");
        logsGoToTheShare();
    }

    /** As docs/web-farm.md has it, by cron: what was logged while the share was away too. */
    private void logsGoToTheShare() {
        for (int node = 0; node < nodes.size(); node++) {
            nodes.get(node).sh("timeout -s KILL 600 rsync -rt /run/site/logs/ /localData/logs/web" + (node + 1) + "/");
        }
        assertThat(nodes.getFirst().sh("cat /localData/logs/web2/access.log")).contains("/index.html 200\n");
        assertThat(nodes.getLast().sh("grep -c '/page.php 200' /localData/logs/web1/access.log"))
                .isEqualTo(PAGES + "\n");
    }

    /** More visitors want to upload by PHP than can wait: pages come at once, and in the end all have an answer. */
    private void scriptsThatWaitForTheShareHoldUpNoOthers() {
        visitor.ask("crowd 0 /upload.php " + CROWD);
        awaitWaitingWorkers(SHARE_WORKERS);
        for (int i = 0; i < PAGES; i++) {
            String[] page = ask("get 0 /page.php");
            assertThat(page).as("page").contains("200", "a page");
            assertThat(Long.parseLong(page[1])).as("milliseconds of a page").isLessThan(1000);
        }
        List<String> answers = visitor.ask("answers");
        System.out.println("uploads by PHP meanwhile: " + answers);
        assertThat(answers).hasSize(CROWD).allMatch(answer -> answer.startsWith("50"));
    }

    private void awaitWaitingWorkers(int workers) {
        Awaitility.await("workers that wait for the share")
                .atMost(Duration.ofMinutes(1))
                .until(() -> nodes.getFirst()
                        .sh("ps -eo stat,args | grep -c '^D.*php-fpm: pool [s]hare' || true")
                        .strip()
                        .equals(Integer.toString(workers)));
    }

    /**
     * A worker of the small Apache that waits for a reply ends by SIGKILL within a second. One that closes what it wrote does
     * not, nor does one behind another in the same directory (docs/mounting.md): so it is one that looks into a directory
     * which nobody else does.
     */
    private static final String STUCK_WORKER_DIES = """
            worker() { for each in $(pgrep -x apache2); do grep -q killable /proc/$each/stack && echo $each && return; done; }
            until pid=$(worker); [ -n "$pid" ]; do sleep 0.1; done
            kill -9 $pid
            for i in $(seq 100); do kill -0 $pid 2>/dev/null || { echo gone; exit; }; sleep 0.01; done
            ps -p $pid -o pid,stat,comm; cat /proc/$pid/stack
            """;

    private void anUploadToOneIsSeenOnTheOther(String name, int one, int other) {
        String path = "/localData/uploads/" + name;
        assertThat(ask("get " + other + " " + path)[0]).as("before").isEqualTo("404");
        assertThat(ask("upload " + one + " " + name)[0]).as("upload").isEqualTo("201");
        long uploaded = System.nanoTime();
        String[] seen = ask("get " + other + " " + path);
        assertThat(seen[0]).as("after").isEqualTo("200");
        assertThat(millisSince(uploaded)).as("milliseconds").isLessThan(1000);
        System.out.println(
                "seen on the other node " + millisSince(uploaded) + " ms after the upload, where it was 404 before");
    }

    private void awaitUploads(int more) {
        long enough = Long.parseLong(ask("acknowledged")[0]) + more;
        Awaitility.await("uploads go on")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> Long.parseLong(ask("acknowledged")[0]) >= enough);
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
