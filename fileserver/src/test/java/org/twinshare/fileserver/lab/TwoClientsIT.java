package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two web nodes with addresses of their own: what one sees of the other, and what the exports file lets each of them do. */
@Tag("alone")
class TwoClientsIT {
    private static final String FIRST = "10.213.77.2";
    private static final String SECOND = "10.213.77.3";

    private static Lab lab;
    private static Path data;
    private static Path exports;
    private static LabServer server;
    private static LabClient first;
    private static LabClient second;

    @BeforeAll
    static void mount() throws IOException {
        lab = Lab.open();
        data = lab.directory("data");
        exports = lab.directory("settings").resolve("exports");
        List<String> directories = List.of("shared", "rights", "squash", "secret");
        directories.forEach(name -> lab.directory("data/" + name));
        Files.writeString(data.resolve("secret/file"), "secret\n");
        Files.writeString(exports, table());
        server = lab.serve("--exports", exports.toString());
        first = lab.boot("web1", "--ip", FIRST, "--no-mount");
        second = lab.boot("web2", "--ip", SECOND, "--no-mount");
        for (LabClient client : List.of(first, second)) {
            for (String name : directories) {
                client.sh(mountLine(name));
            }
        }
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @BeforeEach
    void useTheFirstTable() throws IOException {
        reload(table());
    }

    private static String table() {
        return """
                # the table that each test begins with
                %1$s/shared %2$s(rw,no_root_squash) %3$s(rw)
                %1$s/rights %2$s(rw,no_root_squash) %3$s(ro)
                %1$s/squash %2$s(rw,all_squash) %3$s(rw,all_squash,anonuid=33,anongid=44)
                %1$s/secret %2$s(rw) %3$s(rw)
                """.formatted(data, FIRST, SECOND);
    }

    private static String mountLine(String name) {
        return "mkdir -p /mnt/" + name
                + "; mount -t nfs -o vers=3,proto=tcp,mountproto=tcp,port=2049,mountport=2049,nolock,hard " + Lab.SERVER
                + ":" + data.resolve(name) + " /mnt/" + name;
    }

    private static void reload(String text) throws IOException {
        Files.writeString(exports, text);
        server.twinshare("exports", "reload").orFail();
    }

    /** What a script that fails says, without the name of the program. */
    private static String failureOf(LabClient client, String script) {
        Shell.Result result = client.run(Duration.ofSeconds(10), List.of(), script);
        assertThat(result.exitCode()).as(result.out() + result.err()).isNotIn(0, 124, 125);
        return result.err();
    }

    private static List<String> logged(String part, String other) {
        return server.output()
                .lines()
                .filter(line -> line.contains(part) && line.contains(other))
                .toList();
    }

    @Test
    void eachAppendsBehindWhatTheOtherAppended() {
        for (int i = 0; i < 6; i++) {
            (i % 2 == 0 ? first : second)
                    .sh("echo line " + i + " >> /mnt/shared/log; chmod 666 /mnt/shared/log || true");
        }

        String lines = "line 0\nline 1\nline 2\nline 3\nline 4\nline 5\n";
        assertThat(first.sh("cat /mnt/shared/log")).isEqualTo(lines);
        assertThat(second.sh("cat /mnt/shared/log")).isEqualTo(lines);
    }

    /** Close-to-open: whoever opens after another closed sees what it wrote, although both have it in their caches. */
    @Test
    void whatOneClosedTheOtherReads() {
        for (int i = 10; i < 14; i++) {
            String content = first.sh("echo version " + i + " > /mnt/shared/page; cat /mnt/shared/page");

            assertThat(second.sh("cat /mnt/shared/page")).isEqualTo(content).isEqualTo("version " + i + "\n");
        }
        first.sh(
                "mkdir -p /mnt/shared/release.1; echo new > /mnt/shared/release.1/index; mv /mnt/shared/release.1 /mnt/shared/release");
        assertThat(second.sh("cat /mnt/shared/release/index; rm -r /mnt/shared/release 2>&1 || true"))
                .startsWith("new\n")
                .contains("Permission denied");
    }

    @Test
    void eachHasTheRightsOfItsLine() {
        first.sh("echo by root > /mnt/rights/f; chmod 600 /mnt/rights/f; touch /mnt/shared/by-first");

        assertThat(failureOf(second, "touch /mnt/rights/g")).contains("Read-only file system");
        assertThat(failureOf(second, "cat /mnt/rights/f")).contains("Permission denied");
        second.sh("touch /mnt/shared/by-second");
        assertThat(second.sh("stat -c '%u:%g' /mnt/rights/f /mnt/shared/by-first /mnt/shared/by-second"))
                .isEqualTo("0:0\n0:0\n65534:65534\n");
    }

    @Test
    void filesAreMadeAsTheUserThatTheLineSays() {
        first.shAs(1000, 1000, "touch /mnt/squash/one");
        second.shAs(1000, 1000, "touch /mnt/squash/two");
        first.shAs(65534, 65534, "touch /mnt/shared/article");
        first.shAs(1000, 1001, "touch /mnt/shared/as-myself");

        assertThat(
                        first.sh(
                                "cd /mnt; stat -c '%u:%g' squash/one squash/two shared/as-myself; stat -c '%U %G' shared/article"))
                .isEqualTo("65534:65534\n33:44\n1000:1001\nnobody nogroup\n");
    }

    @Test
    void rightsChangeWhileMountedByCommandAndBySignal() throws IOException {
        String writable = table().replace(SECOND + "(ro)", SECOND + "(rw)");
        reload(writable);
        second.sh("touch /mnt/rights/now");

        Files.writeString(exports, table());
        int before = logged("Exports reloaded", "").size();
        Shell.run("kill", "-HUP", Long.toString(server.pid())).orFail();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> logged("Exports reloaded", "").size() > before);

        assertThat(failureOf(second, "touch /mnt/rights/later")).contains("Read-only file system");
    }

    @Test
    void aTableWithAnErrorChangesNothing() throws IOException {
        Files.writeString(exports, table().replace(SECOND + "(ro)", SECOND + " (rw)"));

        Shell.Result reloaded = server.twinshare("exports", "reload");

        assertThat(reloaded.exitCode()).isEqualTo(3);
        assertThat(reloaded.err()).contains("^", "write  " + SECOND + "(rw)", "the table in force stays");
        assertThat(failureOf(second, "touch /mnt/rights/g")).contains("Read-only file system");
        first.sh("touch /mnt/rights/still-mine");
    }

    @Test
    void callsFailAtOnceWhenTheExportIsGoneAndWorkAgainWhenItIsBack() throws IOException {
        first.sh("cat /mnt/secret/file > /dev/null; sleep 3600 < /mnt/secret/file & echo $! > /run/holder");
        reload(table().replaceAll("(?m)^.*/secret .*$", ""));

        assertThat(failureOf(first, "cat /mnt/secret/file")).contains("Stale file handle");
        assertThat(failureOf(first, "echo 3 > /proc/sys/vm/drop_caches; cat /proc/$(cat /run/holder)/fd/0"))
                .contains("Stale file handle");

        reload(table());
        assertThat(first.sh("cat /mnt/secret/file; kill $(cat /run/holder)")).isEqualTo("secret\n");
    }

    @Test
    void aClientThatWasTakenOutIsRefusedWithOneLineInTheLog() throws IOException {
        second.sh("cat /mnt/secret/file");
        reload(table().replaceAll("(?m)/secret .*$", "/secret " + FIRST + "(rw)"));

        for (int i = 0; i < 3; i++) {
            assertThat(failureOf(second, "cat /mnt/secret/file")).contains("Permission denied");
        }
        assertThat(logged(SECOND + " may not mount", "/secret"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(
                                "WARN", FIRST, exports + ":5", "add the line  " + data + "/secret " + SECOND + "(rw)"));
        first.sh("cat /mnt/secret/file");
    }

    @Test
    void aMountThatIsNotAllowedIsRefusedWithOneLineInTheLog() {
        String refused = failureOf(second, mountLine("secrets"));

        assertThat(refused).contains("No such file or directory");
        assertThat(logged(SECOND + " may not mount " + data + "/secrets", "the nearest is " + data + "/secret"))
                .hasSize(1);
    }

    @Test
    void showmountListsExportsAndMounts() {
        List<String> listed =
                first.sh("showmount --no-headers -e " + Lab.SERVER).lines().toList();
        List<String> mounted =
                second.sh("showmount --no-headers -a " + Lab.SERVER).lines().toList();

        assertThat(listed)
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).startsWith(data.toString()).contains(FIRST, SECOND));
        assertThat(mounted)
                .containsAll(Stream.of("shared", "rights", "squash", "secret")
                        .flatMap(name -> Stream.of(FIRST + ":" + data + "/" + name, SECOND + ":" + data + "/" + name))
                        .toList());
    }
}
