package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * POSIX, call by call, as a program on a web node has it: hundreds of small checks in {@code src/test/posix}. The same checks
 * pass on a tmpfs of the client's kernel, so that what they expect is right.
 */
@Tag("alone")
class PosixIT {
    private static final Path CHECKS = Path.of("src/test/posix").toAbsolutePath();
    private static final Duration LONG = Duration.ofMinutes(5);

    private static Lab lab;
    private static LabClient web;

    @BeforeAll
    static void mount() throws Exception {
        lab = Lab.open();
        Path data = lab.directory("data");
        Path exports = Files.writeString(
                lab.directory("settings").resolve("exports"), data + " 10.213.77.0/24(rw,no_root_squash)\n");
        lab.serve("--exports", exports.toString());
        web = lab.boot("web1", "--export", data.toString());
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static String run(String name, String place, String checked) {
        return web.run(
                        LONG,
                        List.of(),
                        "mkdir %2$s/%1$s; cd %2$s/%1$s; CHECKED=%4$s perl %3$s/%1$s.pl"
                                .formatted(name, place, CHECKS, checked))
                .orFail();
    }

    @ParameterizedTest
    @ValueSource(strings = {"names", "attributes", "data", "listing"})
    void everyCheckHoldsOnTheExportAsItDoesOnTmpfs(String name) {
        assertThat(run(name, "/dev/shm", "tmpfs")).matches("\\d+ checks, 0 wrong\n");

        assertThat(run(name, LabClient.MOUNT, "nfs")).matches("\\d+ checks, 0 wrong\n");
    }
}
