package org.twinshare.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Runs a Java program beside an NFS-Ganesha that exports a directory, both in namespaces of their own: see bench/ganesha.
 * Skips the test where that cannot be.
 */
final class Ganesha {
    private static final Path SCRIPT =
            Path.of("..", "bench", "ganesha").toAbsolutePath().normalize();
    private static final int LONGEST_SECONDS = 300;

    private final Path directory;

    private Ganesha(Path directory) {
        this.directory = directory;
    }

    /** Exports this directory to everyone, for every user to write in. */
    static Ganesha exporting(Path directory) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: namespaces and file handles");
        assumeTrue(
                Files.exists(Path.of("/usr/bin/ganesha.nfsd")), "needs NFS-Ganesha: apt-get install nfs-ganesha-vfs");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        return new Ganesha(directory);
    }

    /** What a program printed, and how it ended. */
    record Outcome(int exitCode, String out, String err) {}

    /** Runs the main class to its end. */
    Outcome run(Class<?> mainClass, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("ganesha", ".out");
        Path err = Files.createTempFile("ganesha", ".err");
        try {
            Process process = start(mainClass, out, err, arguments);
            boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            assertThat(ended).as("%s: %s", mainClass, Files.readString(err)).isTrue();
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Begins to run the main class, with the server's ports and process in its environment. */
    Process start(Class<?> mainClass, Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), "run", directory.toString(), "--"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-cp", classPath(), mainClass.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    private static String classPath() {
        return Objects.requireNonNull(
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    }
}
