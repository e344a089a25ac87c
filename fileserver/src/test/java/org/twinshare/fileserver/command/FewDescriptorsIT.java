package org.twinshare.fileserver.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Target;
import org.twinshare.fileserver.lab.JavaCommand;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.filestore.posix.OwnProcess;

/** A server that may have few descriptors (RLIMIT_NOFILE). */
@Timeout(120)
final class FewDescriptorsIT {
    @TempDir
    private Path base;

    private ProcessBuilder serve(int descriptors, int port) throws Exception {
        Path data = Files.createDirectories(base.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "sh"));
        command.addAll(JavaCommand.of(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                "org.twinshare.fileserver.command.Twinshare",
                List.of(
                        "serve",
                        data.toString(),
                        "--port",
                        Integer.toString(port),
                        "--state",
                        base.resolve("state").toString(),
                        "--bind",
                        "127.0.0.1",
                        "--http",
                        "off",
                        "--portmap",
                        "off")));
        return new ProcessBuilder(command).redirectError(base.resolve("err").toFile());
    }

    @Test
    void moreFilesAndConnectionsThanItMayHaveOpenAreServed() throws Exception {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to act for other users");
        int port = Ports.free();
        Process process = serve(1024, port).start();
        List<Socket> idle = new ArrayList<>();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            String banner =
                    out.lines().takeWhile(line -> !line.contains("Stop:")).reduce("", (a, b) -> a + b + "\n");
            assertThat(banner + Files.readString(base.resolve("err")))
                    .contains("this process may have 1024 open files", "LimitNOFILE=65536");
            Target target =
                    Target.at("127.0.0.1", port).as(Credential.of(2000, 2000)).timeout(Duration.ofSeconds(30));
            try (NfsProbe probe = NfsProbe.connect(target)) {
                FileHandle root = probe.mount("/localData").ok();
                for (int i = 0; i < 1500; i++) {
                    FileHandle file =
                            probe.create(root, "f" + i, 0644).ok().handle().orElseThrow();
                    assertThat(probe.write(file, 0, Stability.FILE_SYNC, ("file " + i).getBytes(UTF_8))
                                    .ok()
                                    .countBytes())
                            .isPositive();
                    if (i < 600) {
                        idle.add(new Socket(InetAddress.getLoopbackAddress(), port));
                    }
                }
                for (int i = 0; i < 1500; i++) {
                    FileHandle file = probe.lookup(root, "f" + i).ok().handle();
                    assertThat(probe.read(file, 0, 100).ok().data()).isEqualTo(Bytes.of("file " + i));
                }
            }
        } finally {
            for (Socket each : idle) {
                each.close();
            }
            process.destroyForcibly();
        }
    }

    @Test
    void tooFewAreRefused() throws Exception {
        Process process = serve(600, 0).start();

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(base.resolve("err"))
                .content()
                .contains("error: cannot serve with so few open files", "may have 600", "remedy: ulimit -Hn 65536")
                .doesNotContain("\tat ");
    }
}
