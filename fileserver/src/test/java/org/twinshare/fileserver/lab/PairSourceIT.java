package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases of a source are on both servers, so that nodes go on with them after a failover, and never go backwards. */
@Tag("alone")
class PairSourceIT {
    /** More entries than a server reads itself. */
    private static final int LARGE = 31_000;

    @TempDir
    private Path base;

    private Path work;
    private PairLab pair;

    @BeforeEach
    void open() throws IOException {
        work = Files.createDirectory(base.resolve("work"));
        write("1");
        pair = PairLab.withSource(base.resolve("twinshare.conf"), work);
        pair.join();
        PairLab.awaitInStep(pair.one);
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    private void write(String content) throws IOException {
        Files.writeString(work.resolve("index.html"), content);
    }

    private static void awaitFollows(LabServer primary, String standby) {
        Awaitility.await(standby + " follows the releases")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> primary.twinshare("source", "status", "www").out().contains("standby:" + standby));
    }

    /** What a node gets by the article's own command. */
    private String pulled() throws IOException {
        Path into = Files.createDirectories(base.resolve("node"));
        pair.lab
                .inNetwork("rsync", "-rlt", "--delete", "--ignore-times", PairLab.SERVICE + "::www/", into + "/")
                .orFail();
        return Files.readString(into.resolve("index.html"));
    }

    @Test
    void theReleasesAreOnBothServersAndTheirNumbersOnlyRise() throws Exception {
        awaitFollows(pair.one, "nas2");
        assertThat(pair.one.twinshare("source", "publish", "www").orFail()).contains("1-");
        assertThat(pair.two.twinshare("source", "list", "www").orFail()).contains("1-");
        Shell.Result refused = pair.two.twinshare("source", "publish", "www");
        assertThat(refused.exitCode()).as(refused.out()).isEqualTo(5);
        assertThat(pulled()).isEqualTo("1");

        pair.one.kill();
        pair.two.twinshare("failover").orFail();
        assertThat(pulled()).isEqualTo("1");
        write("2");
        assertThat(pair.two.twinshare("source", "publish", "www").orFail()).contains("102-");
        assertThat(pulled()).isEqualTo("2");

        pair.one.start("clients");
        awaitFollows(pair.two, "nas1");
        Awaitility.await("nas1 has the new release")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> pair.one.twinshare("source", "list", "www").out().contains("102-"));
    }

    @Test
    void aReleaseThatIsTooLargeForAServerToReadIsOnBothServersToo() throws Exception {
        awaitFollows(pair.one, "nas2");
        for (int i = 0; i < LARGE; i++) {
            Path directory = work.resolve("d" + i / 200);
            if (i % 200 == 0) {
                Files.createDirectory(directory);
            }
            Files.createFile(directory.resolve("file" + i));
        }

        pair.one.twinshare("source", "publish", "www").orFail();

        Awaitility.await("nas2 has the release")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> pair.two.twinshare("source", "list", "www").out().contains("1-"));
        assertThat(pair.two.twinshare("source", "list", "www").out())
                .isEqualTo(pair.one.twinshare("source", "list", "www").out());
    }
}
