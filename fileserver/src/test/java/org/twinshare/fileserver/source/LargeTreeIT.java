package org.twinshare.fileserver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.fileserver.control.ControlClient;
import org.twinshare.fileserver.lab.JavaCommand;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.filestore.posix.OwnProcess;

/** A tree that is larger than the memory of the server: it is published by a process of its own, and the server goes on. */
final class LargeTreeIT {
    private static final int FILES = 40_000;
    private static final int FILES_IN_DIRECTORY = 200;

    @TempDir
    private Path base;

    private Process server;

    @BeforeEach
    void serve() throws IOException {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to export a directory");
        for (int i = 0; i < FILES; i++) {
            if (i % FILES_IN_DIRECTORY == 0) {
                Files.createDirectories(file(i).getParent());
            }
            Files.createFile(file(i));
        }
        Files.createDirectory(base.resolve("data"));
        Files.writeString(base.resolve("twinshare.conf"), """
                [source.www]
                path = "%s"
                run-as = "root"
                nodes = ["127.0.0.1"]
                """.formatted(base.resolve("work")));
        List<String> words =
                new ArrayList<>(List.of("serve", base.resolve("data").toString()));
        words.addAll(List.of("--bind", "127.0.0.1", "--port", "0", "--http", "off", "--portmap", "off"));
        words.addAll(List.of("--rsync-port", Integer.toString(Ports.free())));
        words.addAll(List.of("--node-port", Integer.toString(Ports.free())));
        words.addAll(List.of("--state", state().toString()));
        words.addAll(List.of("--config", base.resolve("twinshare.conf").toString()));
        List<String> options = List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
        List<String> command = JavaCommand.of(options, "org.twinshare.fileserver.command.Twinshare", words);
        server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        Awaitility.await("the server serves")
                .atMost(Duration.ofMinutes(1))
                .until(() -> Files.readString(log()).contains("Stop:"));
    }

    private Path file(int i) {
        return base.resolve("work/d" + i / FILES_IN_DIRECTORY + "/file" + i + ".php");
    }

    private Path state() {
        return base.resolve("state");
    }

    private Path log() {
        return base.resolve("server.log");
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
    }

    private JsonObject publish() throws IOException, ControlClient.Failed {
        JsonObject request = new JsonObject();
        request.addProperty("command", "source");
        request.addProperty("action", "publish");
        request.addProperty("source", "www");
        request.addProperty("timeout_ms", 1000);
        return ControlClient.ask(state().resolve("control.sock"), request);
    }

    @Test
    void isPublishedAgainAndAgainByAServerWithLittleMemory() throws Exception {
        assertThat(publish().get("files").getAsInt()).isEqualTo(FILES);
        Files.writeString(file(7), "<?php // 2");
        Files.delete(file(8));

        JsonObject second = publish();

        assertThat(second.get("files").getAsInt()).as(second.toString()).isEqualTo(FILES - 1);
        assertThat(SourceLab.difference(base.resolve("work"), state().resolve("source/www/current")))
                .isEmpty();
        SystemProgram.output(base, List.of("find", "work", "-type", "f", "-delete"), new byte[0]);
        assertThat(publish().toString()).contains("has no file", "every node would lose its site");
        assertThat(server.isAlive()).as(Files.readString(log())).isTrue();
    }
}
