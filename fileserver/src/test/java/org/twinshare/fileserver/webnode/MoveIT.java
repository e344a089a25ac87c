package org.twinshare.fileserver.webnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.twinshare.fileserver.lab.Lab;
import org.twinshare.fileserver.lab.LabClient;
import org.twinshare.fileserver.lab.LabServer;
import org.twinshare.fileserver.lab.Shell;

/** The share goes to a file server of its own, as docs/web-farm.md has it in step 8, under a real Linux client. */
@Tag("alone")
@EnabledIfSystemProperty(
        named = "twinshare.long",
        matches = "true",
        disabledReason = "takes minutes: -Dtwinshare.long=true")
class MoveIT {
    private static final String OLD = "10.213.77.11";
    private static final String NEW = "10.213.77.12";
    private static final String SHARE = "fileserver:/localData";

    private static final String WITH_ACL = "uploads/2026/p3";

    private static final String FILL = """
            cd /localData
            mkdir -p uploads/2026 logs
            for i in $(seq 200); do echo picture $i >uploads/2026/p$i; done
            chown -R 33:33 uploads
            chmod 2775 uploads
            ln uploads/2026/p1 uploads/front
            ln -s 2026/p2 uploads/newest
            head -c 3000000 /dev/urandom >logs/access.log
            touch -d '2003-04-05 06:07:08.123456789' uploads/2026/p4
            """;
    private static final String CHANGE = """
            cd /localData
            rm uploads/2026/p5 uploads/front
            mv uploads/2026/p6 uploads/2026/renamed
            echo later >uploads/2026/later
            echo line >>logs/access.log
            """;
    private static final String LIST = """
            cd /localData
            find . ! -name . -printf '%P %y %m %U:%G %s %T@ %n %l\\n' | sed 's/^\\([^ ]* d [^ ]* [^ ]*\\) [0-9]* /\\1 /' | sort
            find . -type f | sort | xargs sha256sum
            """;

    private Lab lab;
    private Path oldData;
    private Path newData;
    private LabServer oldServer;
    private LabServer newServer;
    private LabClient client;

    @BeforeEach
    void open() throws IOException {
        lab = Lab.open();
        oldData = lab.directory("old");
        newData = lab.directory("new");
        oldServer = serve("a", OLD, oldData);
        newServer = serve("nas", NEW, newData);
        client = lab.boot("web1", "--no-mount", "--mem", "384M", "--boot-timeout", "150");
    }

    private LabServer serve(String name, String address, Path data) throws IOException {
        Path exports = Files.writeString(
                lab.directory("settings").resolve("exports-" + name), "/localData 10.213.77.0/24(rw,no_root_squash)\n");
        LabServer server = lab.serverOn(
                lab.machine(name, address), "state-" + name, data.toString(), "--exports", exports.toString());
        server.start();
        return server;
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private WebNode nodeWhereFileserverIs(String address) throws IOException {
        return WebNode.knowing("127.0.0.1 localhost\n" + address + " fileserver\n", lab, client, "web1");
    }

    private void copy(String... more) {
        List<String> command = new ArrayList<>(List.of("rsync", "-aHAX", "--numeric-ids"));
        command.addAll(List.of(more));
        command.addAll(List.of(oldData + "/", newData + "/"));
        Shell.run(command.toArray(String[]::new)).orFail();
    }

    private static String acl(Path data) {
        return Shell.run("getfacl", "-cp", data.resolve(WITH_ACL).toString()).orFail();
    }

    private static void succeed(WebNode node, String... words) {
        WebNode.Said said = node.twinmount(words);
        assertThat(said.exitCode()).as(said.text()).isZero();
    }

    @Test
    void whatTheNodesSeeIsTheSameBeforeAndAfter() throws IOException {
        WebNode before = nodeWhereFileserverIs(OLD);
        succeed(before, "mount", SHARE, "/localData");
        before.sh(FILL);
        Shell.run("setfacl", "-m", "u:1234:r", oldData.resolve(WITH_ACL).toString())
                .orFail();
        copy();
        copy();
        before.sh(CHANGE);
        String seen = before.sh(LIST);
        copy("--delete");
        succeed(before, "umount", "/localData");
        oldServer.stop();

        WebNode after = nodeWhereFileserverIs(NEW);
        succeed(after, "mount", SHARE, "/localData");
        assertThat(after.sh(LIST)).isEqualTo(seen);
        assertThat(acl(newData)).isEqualTo(acl(oldData)).contains("user:1234:r--");
        after.sh("cd /localData; echo new >uploads/2026/new; mv uploads/2026/renamed uploads/2026/again; rm -r logs");
        assertThat(newData.resolve("uploads/2026/new")).hasContent("new");
        succeed(after, "doctor", SHARE, "/localData", "--user", "33:33", "--directory", "uploads", "--timeout", "60s");

        // The copy has overwritten what the new server had marked its directory with.
        newServer.stop();
        newServer.start();
        assertThat(after.sh("cat /localData/uploads/2026/new; rm /localData/uploads/2026/new"))
                .isEqualTo("new\n");
    }
}
