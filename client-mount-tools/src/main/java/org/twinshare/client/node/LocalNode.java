package org.twinshare.client.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine that this process runs on. Thread-safe. */
public final class LocalNode implements Node {
    /** What a shell says when there is no such program. */
    private static final int NOT_STARTED = 127;

    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    @Override
    public Ended run(Duration atMost, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            Reading out = Reading.of(process.getInputStream());
            Reading err = Reading.of(process.getErrorStream());
            boolean ended = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                // Not waited for: a process in the kernel's hands may outlive even this.
                process.destroyForcibly();
            }
            return new Ended(ended ? process.exitValue() : -1, out.text(), err.text(), !ended);
        } catch (IOException failure) {
            return new Ended(NOT_STARTED, "", String.valueOf(failure.getMessage()), false);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return new Ended(NOT_STARTED, "", "interrupted", false);
        }
    }

    @Override
    public Ended change(Duration atMost, List<String> command) {
        return run(atMost, command);
    }

    @Override
    public void write(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Path fresh = file.resolveSibling(file.getFileName() + ".twinmount-new");
        Files.writeString(fresh, text);
        if (Files.exists(file)) {
            Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException missing) {
            return Optional.empty();
        }
    }

    @Override
    public List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException missing) {
            return List.of();
        }
    }

    /** One stream of a program, read as it comes, so that the program is not held up and what it said so far is kept. */
    private record Reading(ByteArrayOutputStream read, Thread reader) {
        static Reading of(InputStream stream) {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            return new Reading(read, Thread.ofVirtual().start(() -> drain(stream, read)));
        }

        private static void drain(InputStream stream, ByteArrayOutputStream into) {
            byte[] piece = new byte[8192];
            try (stream) {
                for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
                    into.write(piece, 0, count);
                }
            } catch (IOException closed) {
                // What was read so far is all there is.
                return;
            }
        }

        String text() throws InterruptedException {
            // A child that the program left behind may hold the stream open.
            boolean whole = reader.join(LAST_WORDS);
            String text = read.toString(StandardCharsets.UTF_8);
            return whole ? text : text.stripTrailing();
        }
    }
}
