package org.twinshare.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of {@code twinmount pull} needs no server; the rest is tested beside the server. */
class PullCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path base;

    private int pull(String... options) {
        String[] words = new String[options.length + 3];
        words[0] = "pull";
        words[1] = "www";
        words[2] = base.resolve("localSource").toString();
        System.arraycopy(options, 0, words, 3, options.length);
        return Twinmount.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }

    @Test
    void asksForAServerThatItHasNotHeardOf() {
        assertThat(pull()).isEqualTo(2);
        assertThat(err.toString()).contains("which --server?");
        assertThat(pull("--server", "a b")).isEqualTo(2);
        assertThat(pull("--server", "nas", "--keep", "1")).isEqualTo(2);
    }

    @Test
    void endsWith4WhenNobodyAnswersAndLeavesNothingThatLooksLikeATree() {
        assertThat(pull("--server", "127.0.0.1", "--node-port", "1")).isEqualTo(4);

        assertThat(err.toString()).contains("error: no twinshare server answers at 127.0.0.1", "remedy: ");
        assertThat(base.resolve("localSource")).doesNotExist();
        assertThat(pull("--status")).isZero();
        assertThat(out.toString()).contains("\"what\": \"no twinshare server answers");
    }

    @Test
    void statusOfNothingFails() {
        assertThat(pull("--status")).isEqualTo(1);
        assertThat(err.toString()).contains("nothing was ever pulled into");
    }

    @Test
    void aRollbackWithoutAReleaseBeforeFails() {
        assertThat(pull("--rollback")).isEqualTo(1);
        assertThat(err.toString()).contains("there is nothing to roll back to", "remedy: ");
    }

    @Test
    void bootShowsAServiceThatWatchesAndATimerAsTheNet() {
        assertThat(pull("--server", "nas", "--hook", "systemctl reload 50%", "--boot", "--dry-run"))
                .isZero();

        assertThat(out.toString())
                .contains("# /etc/systemd/system/twinmount-pull-www.service")
                .contains("pull www " + base.resolve("localSource")
                        + " --server nas --hook \"systemctl reload 50%%\" --watch")
                .contains("Type=oneshot", "OnUnitActiveSec=10min", "WantedBy=timers.target")
                .doesNotContain("--dry-run", "--boot");
    }
}
