package org.twinshare.replication.address;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the system, not for long. */
final class SystemProgram {
    private static final Duration AT_MOST = Duration.ofSeconds(5);

    private SystemProgram() {}

    /** Runs it, and throws with what it wrote when it fails. */
    static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try {
            boolean ended = process.waitFor(AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " takes longer than " + AT_MOST.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        if (process.exitValue() != 0) {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }
}
