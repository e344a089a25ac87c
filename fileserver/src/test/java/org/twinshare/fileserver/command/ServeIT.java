package org.twinshare.fileserver.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.lab.JavaCommand;
import org.twinshare.filestore.posix.OwnProcess;

/** {@code twinshare serve} as a process of its own: what it says at start, when it refuses, and how it ends. */
final class ServeIT {
    @TempDir
    private Path base;

    private ProcessBuilder serve(String... words) {
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of(words));
        all.addAll(List.of("--state", base.resolve("state").toString()));
        all.addAll(List.of("--bind", "127.0.0.1", "--http", "off", "--portmap", "off"));
        List<String> options = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
        List<String> command = JavaCommand.of(options, "org.twinshare.fileserver.command.Twinshare", all);
        return new ProcessBuilder(command).redirectError(base.resolve("err").toFile());
    }

    private String err() throws IOException {
        return Files.readString(base.resolve("err"));
    }

    /** Reads up to the end of the banner. */
    private static String banner(BufferedReader out) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            text.append(line).append('\n');
            if (line.contains("Stop:")) {
                break;
            }
        }
        return text.toString();
    }

    @Test
    void aMissingDirectoryIsMadeForNobodyAndServedUntilSigterm() throws IOException, InterruptedException {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to give a directory to nobody");
        Path directory = base.resolve("new/data");
        Process process = serve(directory.toString(), "--yes", "--port", "0").start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            String banner = banner(out);

            assertThat(banner)
                    .as(err())
                    .contains("Serving " + directory + " as /localData over NFSv3, TCP port ")
                    .contains("Clients: 127.0.0.1, ", "read-write, root squashed")
                    .contains("sudo mount -t nfs -o vers=3,proto=tcp,mountproto=tcp,port=", ":/localData /localData")
                    .doesNotContain("chown");
            assertThat(Files.getAttribute(directory, "unix:uid")).isEqualTo(65534);
            assertThat(Files.getAttribute(directory, "unix:gid")).isEqualTo(65534);
            process.destroy();
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(err()).contains("Stopped; all calls were answered.");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aDirectoryInWhichNoSquashedUserCouldWriteIsToldWithItsChownAndSystemdHearsReady()
            throws IOException, InterruptedException {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to have squashed users");
        Path directory = Files.createDirectory(
                base.resolve("data"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path socket = base.resolve("notify");
        Process receiver = new ProcessBuilder("perl", "-e", """
                use Socket; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, pack('S a*', AF_UNIX, $ARGV[0]));
                print "bound\\n"; for (1..2) { recv(S, my $m, 4096, 0); $m =~ s/\\n/ /g; print "$m\\n"; }""", socket.toString()).start();
        try (BufferedReader heard = receiver.inputReader(UTF_8)) {
            assertThat(heard.readLine()).isEqualTo("bound");
            ProcessBuilder builder = serve(directory.toString(), "--port", "0");
            builder.environment().put("NOTIFY_SOCKET", socket.toString());
            Process process = builder.start();
            try (BufferedReader out = process.inputReader(UTF_8)) {
                assertThat(banner(out)).as(err()).contains("chown nobody: " + directory);
                assertThat(heard.readLine()).startsWith("READY=1 STATUS=serving 1 exports on TCP port ");
                process.destroy();
                assertThat(heard.readLine()).isEqualTo("STOPPING=1");
                assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
        } finally {
            receiver.destroyForcibly();
        }
    }

    @Test
    void aTakenPortIsRefusedWithItsHolderAndNoStackTrace() throws IOException, InterruptedException {
        Path directory = Files.createDirectory(base.resolve("data"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = serve(directory.toString(), "--port", Integer.toString(taken.getLocalPort()))
                    .start();

            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(err())
                    .contains("error: cannot listen on TCP port " + taken.getLocalPort() + " of 127.0.0.1")
                    .contains(" cause: ", "process " + ProcessHandle.current().pid())
                    .contains("remedy: stop it, or take another port with --port")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aMissingDirectoryIsRefusedWithoutATerminalAndNothingIsMade() throws IOException, InterruptedException {
        Process process =
                serve(base.resolve("absent").toString(), "--port", "0").start();

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err())
                .contains("error: there is no directory", "remedy: mkdir -p")
                .doesNotContain("\tat ");
        assertThat(base.resolve("absent")).doesNotExist();
    }

    @Test
    void anExportsFileSaysWhoMayMountTheDirectoryThatIsNamed() throws IOException, InterruptedException {
        Path directory = Files.createDirectory(base.resolve("data"));
        Path exports = Files.writeString(base.resolve("exports"), "/data 192.168.1.2(ro)\n");
        Process process = serve(directory.toString(), "--as", "/data", "--exports", exports.toString(), "--port", "0")
                .start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            assertThat(banner(out))
                    .as(err())
                    .contains("Serving " + directory + " as /data over NFSv3", "Clients: 192.168.1.2   read-only");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void anExportsFileWithAnErrorKeepsTheServerFromStarting() throws IOException, InterruptedException {
        Path exports = Files.writeString(base.resolve("exports"), "/localData 192.168.1.2 (rw)\n");
        Process process = serve("--exports", exports.toString(), "--port", "0").start();

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err())
                .contains("has errors", exports + ":1:", "^", "192.168.1.2(rw)", "twinshare exports check")
                .doesNotContain("\tat ");
    }
}
