package org.twinshare.filestore.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a short program of the system for a test. */
final class Shell {
    private Shell() {}

    /** How a program ended, and what it printed. */
    record Result(int exitCode, String out) {}

    /** Runs a program that must succeed. */
    static Result run(Object... command) throws IOException, InterruptedException {
        Result result = attempt(command);
        if (result.exitCode != 0) {
            throw new AssertionError(Arrays.toString(command) + " gave " + result.exitCode + "\n" + result.out);
        }
        return result;
    }

    /** Runs a program that may fail. */
    static Result attempt(Object... command) throws IOException, InterruptedException {
        List<String> words = Arrays.stream(command).map(Object::toString).toList();
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("not done in a minute: " + words);
        }
        return new Result(process.exitValue(), out);
    }
}
