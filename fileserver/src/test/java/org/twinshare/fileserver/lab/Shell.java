package org.twinshare.fileserver.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs programs of the system for a test, with a time limit, and keeps what they print. */
public final class Shell {
    private Shell() {}

    /** How a program ended, and what it printed. */
    public record Result(int exitCode, String out, String err) {
        /** The output, where the program must have succeeded. */
        public String orFail() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + out + "\n" + err);
            }
            return out;
        }
    }

    /** Runs a program to its end. */
    public static Result run(Map<String, String> environment, Duration atMost, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(
                        "not done in " + atMost.toSeconds() + " s: " + command + "\n" + out.join() + "\n" + err.join());
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new AssertionError(command.get(0) + " does not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Runs a program to its end within a minute. */
    public static Result run(String... command) {
        return run(Map.of(), Duration.ofMinutes(1), List.of(command));
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
                    } catch (IOException e) {
                        return e.toString();
                    }
                },
                runnable -> Thread.ofPlatform().daemon().start(runnable));
    }
}
