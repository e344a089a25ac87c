package org.twinshare.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.node.UnitFiles;

/** What of {@code twinmount pull} needs no server; the rest is tested beside the server. */
class PullCommandTest {
    private static final Path UNITS = Path.of("/etc/systemd/system");

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
    void bootShowsAServiceThatWatchesAndATimerAsTheNet() throws IOException {
        String target = base.resolve("localSource").toString();
        assertThat(pull("--server", "nas", "--hook", "systemctl reload 50% \"$X\"", "--boot", "--dry-run"))
                .isZero();

        String once =
                "/usr/bin/twinmount pull www " + target + " --server nas --hook \"systemctl reload 50%% \\\"$$X\\\"\"";
        Map<Path, String> units = units();
        assertThat(units.get(UNITS.resolve("twinmount-pull-www.service")))
                .contains("\nExecStart=" + once + " --watch\n");
        assertThat(units.get(UNITS.resolve("twinmount-pull-www-net.service")))
                .contains("Type=oneshot\nExecStart=" + once + "\n");
        assertThat(units.get(UNITS.resolve("twinmount-pull-www-net.timer")))
                .contains("OnUnitActiveSec=10min", "WantedBy=timers.target");
        // The command itself is not installed where the tests run.
        units.replaceAll((file, text) -> text.replace("/usr/bin/twinmount", "/bin/true"));
        assertThat(UnitFiles.complaints(Files.createDirectory(base.resolve("units")), units))
                .isEmpty();
    }

    @Test
    void bootNamesFilesFromTheRootOn() {
        assertThat(pull(
                        "--server",
                        "nas",
                        "--password-file=secret",
                        "--uploads",
                        "up/../uploads",
                        "--boot",
                        "--dry-run"))
                .isZero();

        assertThat(out.toString())
                .contains(" --password-file=" + Path.of("secret").toAbsolutePath())
                .contains(" --uploads " + Path.of("uploads").toAbsolutePath());
    }

    private Map<Path, String> units() {
        Map<Path, String> units = new LinkedHashMap<>();
        for (String unit : Splitter.onPattern("(?m)^# (?=/etc/systemd/)").split(out.toString())) {
            int end = unit.indexOf('\n');
            if (end > 0) {
                units.put(Path.of(unit.substring(0, end)), unit.substring(end + 1));
            }
        }
        return units;
    }
}
