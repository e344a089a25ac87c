package org.twinshare.exports.names;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the system's name service through getent(1): all that nsswitch.conf(5) lists, in its order, aliases included,
 * and in a process that can be ended when it hangs, which a look-up inside this one cannot. Thread-safe.
 */
final class Getent {

    /** Longer answers are cut: a netgroup of a hundred thousand hosts has a few megabytes. */
    private static final int MAX_ANSWER_BYTES = 16 << 20;

    /** getent's exit code for "one or more supplied key could not be found in the database". */
    private static final int NOT_FOUND = 2;

    private static final Executor READERS = Thread::startVirtualThread;

    private final String program;
    private final Duration timeout;

    /**
     * @param program the program to run, normally {@code getent}
     * @param timeout after which it is ended
     */
    Getent(String program, Duration timeout) {
        this.program = program;
        this.timeout = timeout;
    }

    /**
     * The lines that getent prints for this key.
     *
     * @throws IOException with words for an operator when there is no answer: not found, too slow, cannot be run
     */
    List<String> ask(String database, String key) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program, database, key);
        builder.environment().put("LC_ALL", "C");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String answer = readAll(process);
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(tooSlow(database));
            }
            int code = process.exitValue();
            if (code != 0) {
                throw new IOException(
                        code == NOT_FOUND
                                ? "the name service knows nothing of it"
                                : program + " failed with exit " + code);
            }
            return answer.lines().toList();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } finally {
            process.destroyForcibly();
        }
    }

    private String readAll(Process process) throws IOException, InterruptedException {
        InputStream out = process.getInputStream();
        CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> readBounded(out), READERS);
        try {
            return new String(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS), StandardCharsets.ISO_8859_1);
        } catch (TimeoutException slow) {
            throw new IOException(tooSlow(process.info().command().orElse(program)), slow);
        } catch (ExecutionException failure) {
            throw new IOException("the answer of " + program + " cannot be read", failure);
        }
    }

    private static byte[] readBounded(InputStream out) {
        try {
            return out.readNBytes(MAX_ANSWER_BYTES);
        } catch (IOException closed) {
            return new byte[0];
        }
    }

    private String tooSlow(String what) {
        return "no answer from " + what + " within " + timeout.toMillis() + " ms";
    }
}
