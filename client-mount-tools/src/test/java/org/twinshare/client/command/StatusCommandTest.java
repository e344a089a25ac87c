package org.twinshare.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.twinshare.client.node.FakeNode;
import picocli.CommandLine;

/** What {@code twinmount status} says of a node with a share and source trees. */
class StatusCommandTest {
    private static final String MOUNT =
            "30 1 0:40 / /localData rw,noatime - nfs nas:/localData rw,vers=3,hard,nolock\n";
    private static final long NOW_MS = 1_764_000_045_000L;

    private final StringWriter out = new StringWriter();
    private final FakeNode node = new FakeNode()
            .file("/proc/self/mountinfo", MOUNT)
            .file("/proc/77/cmdline", "java\0Twinmount\0pull\0www\0")
            .answer("stat ", 0, "4096 100 40\n");

    private int status(String... words) {
        return new CommandLine(new StatusCommand(node, InstantSource.fixed(Instant.ofEpochMilli(NOW_MS))).line())
                .setOut(new PrintWriter(out, true))
                .execute(words);
    }

    private static String tree(String live, String offered, String more) {
        return """
                {"output_version": 1, "source": "www", "server": "nas", "live": "%s", "offered": "%s",
                 "offered_at_ms": 1764000000000, "contact_at_ms": 1764000042000, "watcher": 77%s}
                """.formatted(live, offered, more);
    }

    @Test
    void aTreeThatFollowsIsShownBesideTheMount() {
        node.file("/usr/local/.localSource.d/status.json", tree("12-aa", "12-aa", ""));

        assertThat(status()).as(out.toString()).isZero();

        assertThat(out.toString())
                .contains(
                        "ONLINE", "/usr/local/localSource   www from nas, heard 3 s ago\n", "12-aa   as on the server")
                .doesNotContain("nobody watches", "staged", "error");
    }

    @Test
    void aTreeThatIsBehindIsAProblemThatSaysWhy() {
        node.file(
                "/usr/local/.localSource.d/status.json",
                tree(
                        "11-aa",
                        "12-bb",
                        ", \"staged\": \"12-bb\", \"error\": {\"what\": \"too little space\", \"cause\": \"c\", \"remedy\": \"r\"}"));

        assertThat(status()).isEqualTo(3);

        assertThat(out.toString())
                .contains(
                        "11-aa   BEHIND: the server has 12-bb, known for 45 s",
                        "staged:  12-bb",
                        " error: too little space");
    }

    @Test
    void treesWithUnitsAreFoundAndAWatcherThatIsGoneIsSaid() {
        node.file("/srv/.site.d/status.json", tree("12-aa", "12-aa", "").replace("77", "78"))
                .file(
                        "/etc/systemd/system/twinmount-pull-www.service",
                        "[Unit]\nDescription=Keep /srv/site equal to the live release of www\n");

        assertThat(status()).isZero();

        assertThat(out.toString()).contains("/srv/site   www from nas, heard 3 s ago; nobody watches");
    }

    @Test
    void jsonHasTheTreesThatWereNamed() {
        node.file("/a/.b.d/status.json", tree("11-aa", "12-bb", ", \"held\": \"12-bb\""));

        assertThat(status("/a/b", "--json")).isEqualTo(3);

        JsonObject tree = JsonParser.parseString(out.toString())
                .getAsJsonObject()
                .getAsJsonArray("trees")
                .get(0)
                .getAsJsonObject();
        assertThat(tree.get("target").getAsString()).isEqualTo("/a/b");
        assertThat(tree.get("held").getAsString()).isEqualTo("12-bb");
        assertThat(tree.get("behind_seconds").getAsLong()).isEqualTo(45);
        assertThat(tree.get("watched").getAsBoolean()).isTrue();
    }
}
