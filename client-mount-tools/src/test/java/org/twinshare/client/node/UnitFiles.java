package org.twinshare.client.node;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Unit files as systemd itself reads them. */
public final class UnitFiles {
    private UnitFiles() {}

    /**
     * What systemd finds wrong with these units, which may depend on each other; empty when nothing.
     *
     * @param base  an empty directory
     * @param units their texts, by where they would be written
     */
    public static String complaints(Path base, Map<Path, String> units) throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "needs systemd: apt-get install systemd");
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
        for (Map.Entry<Path, String> unit : units.entrySet()) {
            Path file = base.resolve(Path.of("/etc/systemd/system").relativize(unit.getKey()));
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, unit.getValue());
            if (!file.toString().endsWith(".conf")) {
                command.add(file.toString());
            }
        }
        Ended ended = new LocalNode().run(Duration.ofMinutes(1), command);
        return ended.isOk() ? ended.out() + ended.err() : ended.toString();
    }
}
