package org.twinshare.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What a server leaves on disk that is killed. Has no state. */
public final class KilledServer {
    private KilledServer() {}

    /** Copies the state as a process leaves it that is killed now, while its other threads still run. */
    public static void copyState(Path from, Path to) throws IOException {
        while (true) {
            try {
                Files.createDirectory(to);
                copy(from, to);
                return;
            } catch (NoSuchFileException | UncheckedIOException e) {
                // The journal has just renamed a segment that it keeps ready.
                Served.delete(to);
            }
        }
    }

    /** The last segment first: of a journal that is being written, what is copied later holds no less than what went before. */
    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> below = Files.walk(from)) {
            files = below.sorted(Comparator.reverseOrder())
                    .filter(Files::isRegularFile)
                    .toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file).toString());
            Path directory = Objects.requireNonNull(target.getParent());
            if (!Files.isDirectory(directory)) {
                // Where it is there this finds out by an exception, which costs more than the copy.
                Files.createDirectories(directory);
            }
            Files.copy(file, target);
        }
    }
}
