package org.twinshare.fileserver.webnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.twinshare.fileserver.lab.Lab;
import org.twinshare.fileserver.lab.LabServer;
import org.twinshare.fileserver.lab.Shell;

/** Mounting, examining and leaving a share, on a real Linux client, with its server there and dead. */
@Tag("alone")
@EnabledIfSystemProperty(
        named = "twinshare.long",
        matches = "true",
        disabledReason = "takes minutes: -Dtwinshare.long=true")
class WebNodeIT {
    private static Lab lab;
    private static Path data;
    private static Path exports;
    private static LabServer server;
    private static WebNode node;
    private static String share;

    @BeforeAll
    static void open() throws IOException {
        lab = Lab.open();
        data = lab.directory("data");
        exports = lab.directory("settings").resolve("exports");
        share = Lab.SERVER + ":" + data;
        Files.writeString(exports, line());
        server = lab.serve("--exports", exports.toString());
        node = WebNode.boot(lab, "web1");
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @AfterEach
    void leave() throws IOException {
        node.sh(
                "sed -i '/localData/d' /etc/fstab; umount -f -l /localData 2>/dev/null || true; chattr -i /localData 2>/dev/null || true;"
                        + " grep -q ' /localData ' /proc/mounts || rm -rf /localData");
        Files.deleteIfExists(data.resolve("photo.jpg"));
        Files.deleteIfExists(data.resolve("f"));
    }

    private static String line() {
        return data + " 10.213.77.0/24(rw)\n";
    }

    private static void mount() {
        WebNode.Said mounted = node.twinmount("mount", share, "/localData");
        assertThat(mounted.exitCode()).as(mounted.text()).isZero();
    }

    @Test
    void mountsWithTheOptionsThatItExplains() {
        WebNode.Said mounted = node.twinmount("mount", share, "/localData");

        assertThat(mounted.exitCode()).as(mounted.text()).isZero();
        assertThat(mounted.text()).contains("nolock", "PHP sessions in files", "/localData: ");
        assertThat(node.sh("grep ' /localData ' /proc/mounts"))
                .contains("noatime", "vers=3", "hard", "nolock", "proto=tcp", "nconnect=4", "timeo=50,retrans=2")
                .contains("port=2049", "mountport=2049", "mountproto=tcp", "lookupcache=pos");
        assertThat(node.sh("echo hello > /localData/f; cat /localData/f")).isEqualTo("hello\n");
        assertThat(node.twinmount("mount", share, "/localData").text()).contains("is mounted at /localData already");
        assertThat(node.twinmount("status", "--timeout", "20s").exitCode()).isZero();
        assertThat(node.twinmount("status", "--json", "--timeout", "20s").text())
                .contains("\"state\":\"online\"");

        assertThat(node.twinmount("umount", "/localData").exitCode()).isZero();
        assertThat(node.sh("grep -c ' /localData ' /proc/mounts || true")).isEqualTo("0\n");
    }

    @Test
    void whatIsNotMountedSwallowsNothing() {
        mount();
        node.twinmount("umount", "/localData");

        Shell.Result upload = upload();

        assertThat(upload.exitCode()).isNotZero();
        assertThat(upload.err()).contains("cannot create");
        assertThat(node.sh("ls -A /localData")).isEmpty();
    }

    @Test
    void aNodeThatIsUpBeforeItsServerSwallowsNothingAndMountsWhenItComes() throws IOException {
        server.kill();
        try {
            WebNode.Said written = node.twinmount("mount", share, "/localData", "--boot", "--timeout", "3s");
            assertThat(written.exitCode()).as(written.text()).isEqualTo(4);
            node.sh("mount -a -t nfs >/dev/null 2>&1");

            assertThat(upload().err()).contains("cannot create");
            assertThat(node.sh("ls -A /localData")).isEmpty();
        } finally {
            server.start();
        }
        Awaitility.await("the share is there")
                .atMost(Duration.ofMinutes(2))
                .until(() ->
                        node.sh("grep -c ' /localData ' /proc/mounts || true").equals("1\n"));

        assertThat(upload().exitCode()).isZero();
        assertThat(data.resolve("photo.jpg")).hasContent("kept");
    }

    private static Shell.Result upload() {
        return node.client()
                .run(Duration.ofSeconds(60), List.of("--user", "33:33"), "echo kept > /localData/photo.jpg");
    }

    @Test
    void aMountPointWithFilesInItIsRefused() {
        node.sh("mkdir /localData; echo mine > /localData/photo.jpg");

        WebNode.Said refused = node.twinmount("mount", share, "/localData");

        assertThat(refused.exitCode()).isEqualTo(5);
        assertThat(refused.text()).contains("not empty", "/localData/photo.jpg");
        assertThat(node.sh("cat /localData/photo.jpg; grep -c nfs /proc/mounts || true"))
                .isEqualTo("mine\n0\n");
    }

    @Test
    void aHealthyShareIsFoundWell() {
        mount();

        WebNode.Said said = node.twinmount("doctor", "--user", "33:33", "--timeout", "60s");

        assertThat(said.exitCode()).as(said.text()).isZero();
        assertThat(said.lines()).noneMatch(each -> each.startsWith("[fail]"));
        for (String check :
                List.of("export", "write", "squash", "vers", "hard", "nolock", "lookupcache", "answers", "stranded")) {
            assertThat(said.check(check)).startsWith("[ok]");
        }
        assertThat(said.lines().getLast()).contains(" checks");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aMountByHandIsFoundWanting() {
        node.sh("mkdir /localData; echo lost > /localData/photo.jpg; rpcbind -w; rpc.statd --no-notify;"
                + " mount -t nfs -o vers=3,proto=tcp,port=2049,mountport=2049,soft " + share + " /localData");

        WebNode.Said said = node.twinmount("doctor", share, "/localData", "--user", "33:33");

        assertThat(said.exitCode()).isEqualTo(3);
        for (String check : List.of("hard", "nolock", "lookupcache", "stranded", "guard")) {
            assertThat(said.check(check)).as(said.text()).startsWith("[fail]");
        }
        assertThat(said.check("stranded")).contains("photo.jpg");
        assertThat(said.check("answers")).startsWith("[ok]");
    }

    @Test
    void aStaleMountIsFound() throws IOException {
        mount();
        Files.writeString(
                exports,
                "/elsewhere 10.213.77.0/24(rw)\n"
                        .replace("/elsewhere", lab.directory("other").toString()));
        server.twinshare("exports", "reload").orFail();
        try {
            WebNode.Said said = node.twinmount("doctor", "--user", "33:33", "--timeout", "60s");

            assertThat(said.exitCode()).isEqualTo(3);
            assertThat(said.check("export")).startsWith("[fail]").contains("not exported at all");
            assertThat(said.check("answers")).startsWith("[fail]").contains("stale");
        } finally {
            Files.writeString(exports, line());
            server.twinshare("exports", "reload").orFail();
        }
    }

    /** Has written, and closes when /run/close is there: the kernel then waits for the server, whatever signal comes. */
    private static final String CLOSES_WHEN_TOLD = """
            cat > /run/closes <<'END'
            exec 3> /localData/closed
            echo written >&3
            touch /run/written
            until [ -e /run/close ]; do sleep 0.1; done
            exec 3>&-
            END
            sh /run/closes >/dev/null 2>&1 &
            echo $! > /run/closing
            until [ -e /run/written ]; do sleep 0.1; done
            """;

    @Test
    void aDeadServerHangsNeitherTheDoctorNorAForcedUnmount() {
        mount();
        node.sh(CLOSES_WHEN_TOLD);
        server.kill();
        try {
            WebNode.Said examined = node.twinmount("doctor", "--user", "33:33", "--timeout", "20s");
            assertThat(examined.exitCode()).isEqualTo(3);
            assertThat(examined.check("port")).startsWith("[fail]");
            assertThat(examined.check("answers")).startsWith("[fail]").contains("does not answer within 20 s");
            assertThat(examined.check("stranded")).startsWith("[ok]");
            assertThat(node.twinmount("status").text()).contains("NOT ANSWERING");

            node.sh("sh -c 'echo stuck > /localData/g' >/dev/null 2>&1 & sleep 1; echo $! > /run/stuck");
            node.sh("touch /run/close; until grep -q '^State:.D' /proc/$(cat /run/closing)/status; do sleep 0.1; done");
            node.sh("kill -9 $(cat /run/closing)");
            WebNode.Said gentle = node.twinmount("umount", "/localData", "--timeout", "2s");
            assertThat(gentle.exitCode()).as(gentle.text()).isIn(1, 6);
            WebNode.Said forced = node.twinmount("umount", "/localData", "--force");

            assertThat(forced.exitCode()).as(forced.text()).isZero();
            assertThat(forced.millis()).as(forced.text()).isLessThan(10_000);
            assertThat(node.sh("grep -c ' /localData ' /proc/mounts || true")).isEqualTo("0\n");
            node.sh("timeout 10 sh -c 'while [ -e /proc/$(cat /run/closing)/fd/3 ]; do sleep 0.1; done'");
        } finally {
            server.start();
        }
    }
}
