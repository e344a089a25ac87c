package org.twinshare.client.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/localData",
                "/srv/my-data",
                "/srv/.hidden/a.b",
                "/.top",
                "/srv/my data",
                "/srv/ünïcode",
                "/a_b:c@d%e\\f",
                "/srv//double/"
            })
    void namesAUnitAsSystemdDoes(String path) {
        assumeTrue(Files.exists(Path.of("/usr/bin/systemd-escape")), "needs systemd: apt-get install systemd");

        String systemds = new LocalNode()
                .run(Duration.ofSeconds(30), List.of("systemd-escape", "-p", "--", path))
                .out()
                .strip();

        assertThat(SystemdText.unitName(Path.of(path))).isEqualTo(systemds);
    }

    @Test
    void quotesWordsThatSystemdWouldRead() {
        assertThat(SystemdText.word("/localData")).isEqualTo("/localData");
        assertThat(SystemdText.word("/my data/100%\"")).isEqualTo("\"/my data/100%%\\\"\"");
        assertThat(SystemdText.word("/cheap $")).isEqualTo("\"/cheap $\"");
        assertThat(SystemdText.argument("/cheap $")).isEqualTo("\"/cheap $$\"");
        assertThat(SystemdText.value("nas:/100% mine")).isEqualTo("nas:/100%% mine");
    }
}
