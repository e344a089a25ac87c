package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that need no running server. Exit codes are those of {@code twinshare help exit-codes}. */
final class CommandsTest {
    @TempDir
    private Path base;

    private Path exports(String lines) throws IOException {
        return Files.writeString(base.resolve("exports"), lines + "\n");
    }

    private static JsonObject json(Run run) {
        JsonObject object = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(object.get("output_version").getAsInt()).isEqualTo(1);
        return object;
    }

    @Test
    void exportsCheckSaysThatAGoodFileIsGood() throws IOException {
        Run run = Run.of(
                "exports",
                "check",
                exports("/localData 192.168.1.2(rw,no_root_squash)").toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("1 exports, no errors");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void exportsCheckShowsAnErrorWithACaretAndTheRemedyAndExitsWith3() throws IOException {
        String line = "/localData  192.168.1.2 (rw,no_root_squash)";

        Run run = Run.of("exports", "check", exports(line).toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out().lines())
                .containsExactly(
                        base.resolve("exports") + ":1:24: error: space before \"(\" gives these options to everyone,"
                                + " not to 192.168.1.2",
                        "    " + line,
                        "    " + " ".repeat(24) + "^",
                        "    remedy: write  192.168.1.2(rw,no_root_squash)");
        JsonObject object = json(Run.of(
                "exports",
                "check",
                "--json",
                "--exports",
                base.resolve("exports").toString()));
        assertThat(object.get("usable").getAsBoolean()).isFalse();
        JsonObject found = object.getAsJsonArray("diagnostics").get(0).getAsJsonObject();
        assertThat(found.get("severity").getAsString()).isEqualTo("error");
        assertThat(found.get("line").getAsInt()).isEqualTo(1);
        assertThat(found.get("remedy").getAsString()).contains("192.168.1.2(rw,no_root_squash)");
    }

    @Test
    void exportsCheckWarnsOfAPublicClientAndStillExitsWith0() throws IOException {
        Run run = Run.of("exports", "check", exports("/localData 8.8.8.8(rw)").toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("warning: 8.8.8.8 is public", "remedy:");
    }

    @Test
    void exportsCheckOfNoFileExitsWith3() {
        assertThat(Run.of("exports", "check", base.resolve("absent").toString()).exitCode())
                .isEqualTo(3);
    }

    @Test
    void checkFindsAMissingDirectoryAndATakenPortTogether() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String[] words = {
                "check",
                base.resolve("absent").toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(taken.getLocalPort()),
                "--state",
                base.resolve("state").toString()
            };

            Run run = Run.of(words);

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.out())
                    .contains("there is no such directory", "remedy: mkdir -p " + base.resolve("absent"))
                    .contains("cannot listen on TCP port " + taken.getLocalPort(), "process ")
                    .contains("Problems: 2");
            words[0] = "check";
            String[] asJson = java.util.Arrays.copyOf(words, words.length + 1);
            asJson[words.length] = "--json";
            assertThat(json(Run.of(asJson)).getAsJsonArray("problems")).hasSize(2);
        }
    }

    @Test
    void checkFindsAStateDirectoryThatIsInUseAndATakenPortOfTheStatusPage() throws IOException {
        Path state = Files.createDirectories(base.resolve("state"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FileChannel other =
                        FileChannel.open(state.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock unusedHeld = other.lock();

            Run run = Run.of(
                    "check",
                    base.toString(),
                    "--port",
                    "0",
                    "--state",
                    state.toString(),
                    "--http",
                    "127.0.0.1:" + taken.getLocalPort());

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.out())
                    .contains("another twinshare server runs with the state directory " + state)
                    .contains("no status page and no metrics", "choose another with --http")
                    .contains("Problems: 2");
        }
    }

    @Test
    void checkFindsThatTheExportsFileSaysNothingOfTheDirectory() throws IOException {
        Path file = exports("/other 192.168.1.2(rw)");

        Run run = Run.of("check", base.toString(), "--exports", file.toString(), "--port", "0");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out())
                .contains("error: nobody may mount " + base)
                .contains("cause: " + file + " has no line for /localData")
                .contains("remedy: add the line  /localData 192.168.1.2(rw)");
        exports("/localData/sub 192.168.1.2(rw)");
        assertThat(Run.of("check", base.toString(), "--exports", file.toString(), "--port", "0")
                        .out())
                .contains("cannot serve " + base + "/sub")
                .doesNotContain("nobody may mount");
    }

    @Test
    void checkOfWhatWouldWorkExitsWith0AndChangesNothing() throws IOException {
        Files.createDirectory(base.resolve("with blank"));

        Run run = Run.of(
                "check",
                base.resolve("with blank").toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                "0",
                "--state",
                base.resolve("state").toString());

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out()).isEqualTo("Nothing is wrong.\n");
        assertThat(base.resolve("state")).doesNotExist();
    }

    @Test
    void commandsThatNeedAServerExitWith4WhenThereIsNone() {
        for (String command :
                new String[] {"status", "clients", "exports list", "exports reload", "exports explain a /b"}) {
            String[] words = (command + " --state " + base).split(" ", -1);
            Run run = Run.of(words);
            assertThat(run.exitCode()).as(command).isEqualTo(4);
            assertThat(run.err()).as(command).contains("error: no twinshare server answers", "remedy: start it");
            assertThat(run.out()).as(command).isEmpty();
        }
    }

    @Test
    void wrongUsageExitsWith2AndSaysWhatIsRight() {
        assertThat(Run.of("serv").exitCode()).isEqualTo(2);
        assertThat(Run.of("serv").err()).contains("serve");
        assertThat(Run.of("serve", "--prot", "1").exitCode()).isEqualTo(2);
        assertThat(Run.of("serve", "--port", "many").exitCode()).isEqualTo(2);
        assertThat(Run.of("exports").exitCode()).isEqualTo(2);
        assertThat(Run.of("help", "nothing").exitCode()).isEqualTo(2);
    }

    @Test
    void anUnknownSettingsKeyExitsWith2AndSaysWhatWasMeantAndWhere() throws IOException {
        Path settings = Files.writeString(base.resolve("twinshare.conf"), "# mine\nmax-transfr = 4096\n");

        Run run = Run.of("status", "--config", settings.toString(), "--state", base.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(settings + ":2: unknown key max-transfr", "did you mean  max-transfer ?");
    }

    @Test
    void theSettingsFileGivesWhatTheCommandLineDoesNotSay() throws IOException {
        Path settings = Files.writeString(base.resolve("twinshare.conf"), "port = 12049\n");

        assertThat(Run.of("serve", "--print-ports", "--config", settings.toString())
                        .out())
                .contains("tcp dport 12049 accept");
        assertThat(Run.of("serve", "--print-ports", "--port", "4711", "--config=" + settings)
                        .out())
                .contains("tcp dport 4711 accept");
    }

    @Test
    void printPortsPrintsLinesForBothFirewalls() {
        Run run = Run.of("serve", "--print-ports");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("nft insert rule inet filter input ip saddr 192.168.1.0/24 tcp dport 2049 accept")
                .contains("ufw allow proto tcp from 192.168.1.0/24 to any port 2049")
                .contains("dport 111");
    }

    @Test
    void helpTopicsTellExitCodesEnvironmentAndFiles() {
        assertThat(Run.of("help", "exit-codes").out()).contains("4    no server answers", "130  interrupted");
        assertThat(Run.of("help", "environment").out()).contains("TWINSHARE_", "JAVA_HOME", "NO_COLOR");
        assertThat(Run.of("help", "files").out()).contains("/etc/twinshare/exports", "/var/lib/twinshare");
        assertThat(Run.of("help").out()).contains("serve", "exports", "status", "clients", "check");
        assertThat(Run.of("help", "serve").out()).contains("--as", "--exports");
    }
}
