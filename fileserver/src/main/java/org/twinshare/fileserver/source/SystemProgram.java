package org.twinshare.fileserver.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs a program of the system to its end: rsync, find, sha256sum. Names pass as bytes. Has no state. */
public final class SystemProgram {
    private static final int MAX_WORDS = 2000;

    private SystemProgram() {}

    /** How it ended. */
    public record Result(int exitCode, byte[] out, String words) {}

    /** Runs it in a directory, with bytes for its standard input. */
    public static Result run(Path directory, List<String> command, byte[] input) throws IOException {
        return run(inDirectory(directory, command), input);
    }

    private static ProcessBuilder inDirectory(Path directory, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /** Runs it where this process is, and in its locale: a Java runtime takes from that how names are written. */
    static Result inOwnLocale(List<String> command, byte[] input) throws IOException {
        return run(new ProcessBuilder(command), input);
    }

    private static Result run(ProcessBuilder builder, byte[] input) throws IOException {
        Ended<byte[]> ended = run(builder, input, InputStream::readAllBytes);
        return new Result(ended.exitCode, ended.out, ended.words);
    }

    /** What becomes of the output of a program. */
    interface Reading<T> {
        T read(InputStream out) throws IOException;
    }

    private record Ended<T>(int exitCode, T out, String words) {}

    private static <T> Ended<T> run(ProcessBuilder builder, byte[] input, Reading<T> reading) throws IOException {
        Process process = builder.start();
        CompletableFuture<byte[]> err = CompletableFuture.supplyAsync(() -> drain(process), SystemProgram::start);
        CompletableFuture<Void> fed = CompletableFuture.runAsync(() -> feed(process, input), SystemProgram::start);
        try (InputStream from = process.getInputStream()) {
            T out = reading.read(from);
            int exitCode = process.waitFor();
            fed.join();
            return new Ended<>(exitCode, out, cut(new String(err.join(), StandardCharsets.UTF_8)));
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException(builder.command().getFirst() + " was interrupted", e);
        }
    }

    /** Runs it; any failure is an exception with its words. */
    public static byte[] output(Path directory, List<String> command, byte[] input) throws IOException {
        return output(directory, command, input, InputStream::readAllBytes);
    }

    /** The same where the output is large: it is read while the program runs. */
    static <T> T output(Path directory, List<String> command, byte[] input, Reading<T> reading) throws IOException {
        Ended<T> ended = run(inDirectory(directory, command), input, reading);
        if (ended.exitCode != 0) {
            throw new IOException(command.getFirst() + " ended with " + ended.exitCode + ": " + ended.words);
        }
        return ended.out;
    }

    private static void start(Runnable task) {
        Thread.ofVirtual().start(task);
    }

    private static byte[] drain(Process process) {
        try {
            return process.getErrorStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void feed(Process process, byte[] input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException e) {
            // It ended before it had read everything; its exit code tells.
        }
    }

    private static String cut(String words) {
        String text = words.strip();
        return text.length() <= MAX_WORDS ? text : text.substring(0, MAX_WORDS) + " ...";
    }
}
