package org.twinshare.fileserver.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A program that reads commands line by line and answers each with lines, the last of which is {@link #DONE}. */
public final class LabProgram implements AutoCloseable {
    /** The last line of an answer. */
    public static final String DONE = "done";

    private static final int ANSWER_WITHIN_S = 300;

    private final Process process;
    private final PrintStream commands;
    private final BufferedReader answers;

    private LabProgram(Process process) {
        this.process = process;
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static LabProgram start(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            return new LabProgram(builder.start());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Gives a command and waits for its end. */
    public List<String> ask(String command) {
        commands.println(command);
        CompletableFuture<List<String>> answer = CompletableFuture.supplyAsync(
                this::read, runnable -> Thread.ofPlatform().daemon().start(runnable));
        try {
            return answer.get(ANSWER_WITHIN_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(command + " is not answered", e);
        }
    }

    private List<String> read() {
        List<String> lines = new ArrayList<>();
        try {
            for (String line = answers.readLine(); !DONE.equals(line); line = answers.readLine()) {
                if (line == null) {
                    throw new AssertionError("the program ended:\n" + String.join("\n", lines));
                }
                lines.add(line);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return lines;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
