package org.twinshare.fileserver.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootUnitTest {
    @TempDir
    private Path base;

    private String unit(String... more) {
        String[] words = new String[more.length + 3];
        words[0] = "serve";
        words[1] = "--boot";
        words[2] = "--dry-run";
        System.arraycopy(more, 0, words, 3, more.length);
        Run run = Run.of(words);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    @Test
    void theUnitSaysWhatWasAskedForAndNothingElse() {
        String unit = unit("/srv/localData", "--as", "/data", "--port", "2050", "--state", "/var/lib/other");

        assertThat(unit)
                .contains("Type=notify\n", "WantedBy=multi-user.target\n", "SuccessExitStatus=143\n")
                .containsPattern("ExecStart=/\\S+ serve /srv/localData --as /data --port 2050 --state /var/lib/other\n")
                .contains("RequiresMountsFor=/var/lib/other /srv/localData\n")
                .doesNotContain("--boot", "--dry-run");
    }

    @Test
    void aPathWithBlanksQuotesAndPercentSignsIsQuotedForSystemd() {
        assertThat(unit("/srv/a b\"c%d$e\\f")).contains("serve \"/srv/a b\\\"c%%d$$e\\\\f\"\n");
        assertThat(unit("/srv/a b")).containsPattern("RequiresMountsFor=\\S+ \"/srv/a b\"\n");
    }

    @Test
    void aRelativePathIsMadeAbsolute() {
        Path here = Path.of("").toAbsolutePath();

        assertThat(unit("data")).contains(" serve " + here + "/data\n");
        assertThat(unit("data", "--exports", "exports", "--state=my/state"))
                .contains(" serve " + here + "/data --exports " + here + "/exports --state=" + here + "/my/state\n")
                .contains("RequiresMountsFor=" + here + "/my/state " + here + "/data\n");
    }

    @Test
    void whatTheCommandReadsFromTheEnvironmentIsKept() {
        Map<String, String> environment =
                Map.of("TWINSHARE_PORT", "2050", "TWINSHARE_AS", "/a b$c%d", "JAVA_HOME", "/opt/java", "HOME", "/root");

        assertThat(BootUnit.environment(environment)).isEqualTo("""
                        Environment=JAVA_HOME=/opt/java
                        Environment="TWINSHARE_AS=/a b$c%%d"
                        Environment=TWINSHARE_PORT=2050
                        """);
    }

    @Test
    void systemdAcceptsTheUnit() throws IOException, InterruptedException {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(analyze), "needs systemd-analyze");
        Path file = base.resolve(BootUnit.NAME);
        Path launcher = Files.createFile(base.resolve("twinshare"));
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Files.writeString(
                file,
                unit("/srv/local Data", "--state", "/var/lib/x")
                        .replaceFirst("ExecStart=\\S+", "ExecStart=" + launcher));

        Process verify = new ProcessBuilder(analyze.toString(), "verify", "--man=no", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(verify.getInputStream().readAllBytes(), UTF_8);

        assertThat(verify.waitFor()).as(said).isZero();
        assertThat(said).doesNotContain(BootUnit.NAME);
    }
}
