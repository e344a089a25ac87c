package org.twinshare.fileserver.lab;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.control.ControlClient;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.server.Status;
import org.twinshare.fileserver.server.StatusText;

/** The server as a process of its own in the lab's network, which can be killed and started again. */
public final class LabServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    /** The program as it is installed, with its cache of a fast start, for who measures; the class path of the test otherwise. */
    private static final @Nullable String LAUNCHER = System.getProperty("twinshare.launcher");

    private final Lab lab;
    private final String stateName;
    private final List<String> prefix;
    private final String classPath;
    private final List<String> arguments;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private @Nullable Process process;
    private @Nullable Thread collector;

    /** Each word of the prefix comes before java. */
    LabServer(Lab lab, String stateName, List<String> prefix, String classPath, List<String> arguments) {
        this.lab = lab;
        this.stateName = stateName;
        this.prefix = prefix;
        this.classPath = classPath;
        this.arguments = arguments;
    }

    private List<String> command(List<String> words) {
        List<String> command = new ArrayList<>(prefix);
        if (LAUNCHER == null) {
            command.addAll(Lab.java(classPath, "org.twinshare.fileserver.command.Twinshare", words));
        } else {
            command.add(LAUNCHER);
            command.addAll(words);
        }
        return command;
    }

    /** Starts it, and waits until it serves. */
    public void start() {
        start("Mount it");
    }

    /** Starts it, and waits for words in its output. */
    public void start(String words) {
        launch();
        awaitWords(words);
    }

    private int before;

    private void launch() {
        List<String> words = new ArrayList<>(List.of("serve"));
        words.addAll(arguments);
        words.addAll(List.of("--state", state().toString()));
        if (!arguments.contains("--http")) {
            words.addAll(List.of("--http", "127.0.0.1:9049"));
        }
        before = output.size();
        Process started = launch(words);
        process = started;
        collector = Thread.ofPlatform().daemon().start(() -> collect(started));
    }

    /** Waits until it has said this since it was started last. */
    public void awaitWords(String words) {
        Process started = process();
        Awaitility.await("the server says: " + words)
                .atMost(START)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> hasSaid(words) || !started.isAlive());
        if (!started.isAlive()) {
            throw new AssertionError("the server ended:\n" + output());
        }
    }

    private boolean hasSaid(String words) {
        return output.stream().skip(before).anyMatch(line -> line.contains(words));
    }

    private Process launch(List<String> words) {
        try {
            return new ProcessBuilder(command(words)).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void collect(Process started) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
            }
        } catch (IOException e) {
            output.add(e.toString());
        }
    }

    private Process process() {
        return Objects.requireNonNull(process);
    }

    private Path state() {
        return lab.directory(stateName);
    }

    /** Everything it has printed. */
    public String output() {
        return String.join("\n", output);
    }

    /** Ends it without a word, as a crash of the process does. */
    public void kill() {
        process().destroyForcibly();
        awaitEnd();
    }

    /** Asks it to stop, and waits for it; returns how long that took. */
    public Duration stop() {
        long begin = System.nanoTime();
        // The process itself would also close the pipe with its last words.
        process().toHandle().destroy();
        awaitEnd();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        awaitLastWords();
        return took;
    }

    /** Waits until it has ended by itself; returns its exit code. */
    int awaitExit() {
        awaitEnd();
        awaitLastWords();
        return process().exitValue();
    }

    private void awaitEnd() {
        try {
            if (!process().waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("the server does not end:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void awaitLastWords() {
        try {
            if (!Objects.requireNonNull(collector).join(Duration.ofSeconds(10))) {
                throw new AssertionError("something still holds the server's output");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Process number, for /proc. */
    public long pid() {
        return process().pid();
    }

    /** Runs another of our commands against it. */
    public Shell.Result twinshare(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state", state().toString()));
        return Shell.run(Map.of(), Duration.ofMinutes(1), command(all));
    }

    /** What {@code twinshare status} prints, without a process for it; empty while nothing answers. */
    public String status() {
        JsonObject request = new JsonObject();
        request.addProperty("command", "status");
        try {
            JsonObject answer = ControlClient.ask(state().resolve("control.sock"), request);
            return StatusText.of(Json.GSON.fromJson(answer, Status.class));
        } catch (IOException | ControlClient.Failed e) {
            return "";
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
