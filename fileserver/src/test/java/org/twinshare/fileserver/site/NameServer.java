package org.twinshare.fileserver.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.twinshare.fileserver.lab.Ports;
import org.twinshare.fileserver.lab.Shell;

/** Debian's named with one zone, on the loopback. */
final class NameServer implements AutoCloseable {
    private static final String KEY = """
            key "rndc" { algorithm hmac-sha256; secret "%s"; };
            """.formatted("AAAA".repeat(11));

    private static final String CONFIGURATION = KEY + """
            options {
                directory "%1$s";
                listen-on port %2$d { 127.0.0.1; };
                listen-on-v6 { none; };
                pid-file none;
                session-keyfile none;
                recursion no;
                notify-delay 0;
            };
            controls { inet 127.0.0.1 port %3$d allow { 127.0.0.1; } keys { "rndc"; }; };
            zone "%4$s" { %5$s };
            """;

    final int port;
    private final Path directory;
    private final Path log;
    private final Process process;

    private NameServer(Path directory, int port, String zone, String words) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.port = port;
        log = directory.resolve("log");
        int controlPort = Ports.free();
        Path configuration = Files.writeString(
                directory.resolve("named.conf"), CONFIGURATION.formatted(directory, port, controlPort, zone, words));
        Files.writeString(
                directory.resolve("rndc.conf"),
                KEY + "options { default-key \"rndc\"; default-server 127.0.0.1; default-port " + controlPort + "; };");
        process = new ProcessBuilder("named", "-g", "-n", "1", "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Starts one that reads the zone from a file, and tells another one of each change. */
    static NameServer primary(Path directory, String zone, Path file, int secondaryPort) throws IOException {
        return new NameServer(
                directory,
                Ports.free(),
                zone,
                ("type primary; file \"%s\"; allow-transfer { 127.0.0.1; }; notify explicit;"
                                + " also-notify { 127.0.0.1 port %d; };")
                        .formatted(file, secondaryPort));
    }

    /** Starts one that copies the zone from another one. */
    static NameServer secondary(Path directory, String zone, int port, NameServer primary) throws IOException {
        return new NameServer(
                directory,
                port,
                zone,
                "type secondary; file \"copy\"; primaries port %d { 127.0.0.1; };".formatted(primary.port));
    }

    /** Runs rndc(8) with these words; fails when it does. */
    void rndc(String... words) {
        List<String> command = new ArrayList<>(
                List.of("rndc", "-c", directory.resolve("rndc.conf").toString()));
        command.addAll(List.of(words));
        Shell.run(command.toArray(String[]::new)).orFail();
    }

    /** The addresses of a name in the order in which nslookup(1) prints them; none where it is not answered. */
    List<String> nslookup(String name) {
        return Shell.run("nslookup", "-port=" + port, "-timeout=1", "-retry=1", name, "127.0.0.1")
                .out()
                .lines()
                .filter(line -> line.startsWith("Address: "))
                .map(line -> line.substring("Address: ".length()))
                .toList();
    }

    /** What it has logged. */
    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
