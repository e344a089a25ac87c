package org.twinshare.fileserver.webnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.doctor.Doctor;
import org.twinshare.client.doctor.DoctorSettings;
import org.twinshare.client.doctor.Finding;
import org.twinshare.client.node.LocalNode;
import org.twinshare.fileserver.rules.Serving;

/** What the doctor finds out by speaking to the server, each check failing and passing. */
@Tag("alone")
class ServerChecksIT {
    private static final String OPEN = "/localData 127.0.0.0/8(rw,no_root_squash)";

    @TempDir
    private Path base = Path.of("");

    private Serving serving;

    @BeforeEach
    void start() throws IOException {
        serving = Serving.start(base, OPEN);
        Files.setPosixFilePermissions(serving.directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void stop() throws IOException {
        if (serving != null) {
            serving.close();
        }
    }

    private static Finding finding(Map<String, Finding> found, String check) {
        return Objects.requireNonNull(found.get(check), check);
    }

    private Map<String, Finding> examine() {
        return examine("/localData", serving.port(), InstantSource.system());
    }

    private static Map<String, Finding> examine(String path, int port, InstantSource clock) {
        DoctorSettings settings = new DoctorSettings(
                "127.0.0.1", port, path, Optional.empty(), Optional.of("33:33"), "", Duration.ofSeconds(5));
        Map<String, Finding> findings = new HashMap<>();
        new Doctor(new LocalNode(), clock, settings).examine(each -> findings.put(each.check(), each));
        return findings;
    }

    @Test
    void aHealthyServerIsFoundWellAndLeftAsItWas() {
        Map<String, Finding> found = examine();

        assertThat(found.values())
                .allSatisfy(each -> assertThat(each.level()).as(each.toString()).isEqualTo(Finding.Level.OK));
        assertThat(found)
                .containsKeys(
                        "name", "address", "port", "nfs", "mount-service", "export", "write", "squash", "clock", "uid");
        assertThat(serving.directory()).isEmptyDirectory();
    }

    @Test
    void anExportThatIsNotThereIsFoundAndThoseThatAreThereAreNamed() {
        Finding export = finding(examine("/nothing", serving.port(), InstantSource.system()), "export");

        assertThat(export.level()).isEqualTo(Finding.Level.FAIL);
        assertThat(export.cause()).isEqualTo("exported: /localData");
    }

    @Test
    void anExportForOthersIsFoundAndTheLineToAddIsSaid() throws IOException {
        serving.reload("/localData 127.0.0.9(rw)");

        Finding export = finding(examine(), "export");

        assertThat(export.level()).isEqualTo(Finding.Level.FAIL);
        assertThat(export.remedy()).endsWith("/localData  127.0.0.1(rw)");
    }

    @Test
    void aSquashedUserIsFound() throws IOException {
        serving.reload("/localData 127.0.0.0/8(rw,all_squash)");
        assertThat(finding(examine(), "squash"))
                .satisfies(each -> assertThat(each.level()).isEqualTo(Finding.Level.FAIL))
                .satisfies(each -> assertThat(each.text()).contains("uid 65534"));

        serving.reload("/localData 127.0.0.0/8(rw,all_squash,anonuid=33,anongid=33)");
        assertThat(finding(examine(), "squash").level()).isEqualTo(Finding.Level.OK);
    }

    @Test
    void anExportThatIsReadOnlyIsFound() throws IOException {
        serving.reload("/localData 127.0.0.0/8(ro)");

        assertThat(finding(examine(), "write").text()).isEqualTo("/localData is exported read-only to this node");
    }

    @Test
    void aDirectoryThatTheWebServerMayNotWriteInIsFound() throws IOException {
        Files.setPosixFilePermissions(serving.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));

        Finding write = finding(examine(), "write");

        assertThat(write.level()).isEqualTo(Finding.Level.FAIL);
        assertThat(write.cause()).contains("owner 0:0 and mode 755");
        assertThat(write.remedy()).contains("chown 33:33");
    }

    @Test
    void clocksThatDifferAreFound() {
        InstantSource slow = () -> InstantSource.system().instant().minusSeconds(3600);

        Finding clock = finding(examine("/localData", serving.port(), slow), "clock");

        assertThat(clock.level()).isEqualTo(Finding.Level.FAIL);
        assertThat(clock.text()).matches("the server's clock is (3600|3599) s ahead of this node's");
    }

    @Test
    void filesOfAUserWhoHasNoNameHereAreFound() throws IOException {
        Path file = Files.createFile(serving.directory().resolve("from-elsewhere"));
        Files.setAttribute(file, "unix:uid", 48_048);

        Finding uid = finding(examine(), "uid");

        assertThat(uid.level()).isEqualTo(Finding.Level.FAIL);
        assertThat(uid.text()).contains("uid 48048, which nobody has here");
    }

    @Test
    void aPortThatNobodyListensOnIsFound() throws IOException {
        int port = serving.port();
        serving.close();

        Finding found = finding(examine("/localData", port, InstantSource.system()), "port");

        assertThat(found.level()).isEqualTo(Finding.Level.FAIL);
        assertThat(found.remedy()).contains("systemctl start twinshare");
    }

    @Test
    void aServerThatListensAndSaysNothingIsFoundInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Map<String, Finding> found = assertTimeout(
                    Duration.ofSeconds(30), () -> examine("/localData", silent.getLocalPort(), InstantSource.system()));

            assertThat(finding(found, "port").level()).isEqualTo(Finding.Level.OK);
            assertThat(finding(found, "nfs").cause()).isEqualTo("no answer within 5 s");
        }
    }
}
