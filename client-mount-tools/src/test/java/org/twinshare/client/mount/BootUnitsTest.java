package org.twinshare.client.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.LocalNode;
import org.twinshare.client.node.UnitFiles;

/** What is written for the boot, as systemd reads it; the boots themselves are tested with a real client. */
class BootUnitsTest {
    @TempDir
    private Path base;

    @ParameterizedTest
    @ValueSource(strings = {"/localData", "/srv/my data/100%"})
    void systemdTakesThem(String mountPoint) throws Failure, IOException {
        BootUnits units = new BootUnits(Share.of("nas:/localData", mountPoint, 2049), "vers=3,hard");
        Map<Path, String> files = new LinkedHashMap<>(units.files(List.of("web")));
        files.put(Path.of("/etc/systemd/system/web.service"), "[Service]\nExecStart=/bin/true\n");

        assertThat(UnitFiles.complaints(base, files)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"share", "my share"})
    void atShutdownProgramsMayStillFinishWhatTheyWrite(String name) throws Failure, IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path mountPoint = Files.createDirectory(base.resolve(name));
        BootUnits units = new BootUnits(Share.of("nas:/localData", mountPoint.toString(), 2049), "vers=3");
        String gentle = units.files(List.of())
                .getOrDefault(Path.of("/etc/systemd/system", units.leaveUnit()), "")
                .lines()
                .filter(each -> each.startsWith("ExecStop="))
                .findFirst()
                .orElseThrow()
                .substring("ExecStop=-".length());

        // systemd reads quotes as sh does, and $$ as a dollar.
        String script = "mount -t tmpfs none \"$1\" && cd \"$1\" && { sleep 2 & } && cd / && "
                + gentle.replace("$$", "$") + "; mountpoint -q \"$1\" || echo gone";
        Ended ended = new LocalNode()
                .run(
                        Duration.ofMinutes(1),
                        List.of("unshare", "--mount", "sh", "-c", script, "sh", mountPoint.toString()));

        assertThat(ended.out()).as(ended.err()).isEqualTo("gone\n");
    }
}
