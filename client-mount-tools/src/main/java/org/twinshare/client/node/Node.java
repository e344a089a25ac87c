package org.twinshare.client.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * This web node as its commands see it. A path that may lie on a mount is only ever given to a program of its own, which can be
 * left behind: a dead hard mount hangs whoever touches it.
 */
public interface Node {

    /** Runs a program that changes nothing, for at most this long. One that cannot be started ends with exit code 127. */
    Ended run(Duration atMost, List<String> command);

    /** Runs a program that changes something. */
    Ended change(Duration atMost, List<String> command);

    /** Writes a text file of the system, with the directories above it; whole or not at all. */
    void write(Path file, String text) throws IOException;

    /** A text file of the system, or nothing when there is none or it may not be read. */
    Optional<String> read(Path file);

    /** The paths in a directory of the system, sorted; nothing when there is none. */
    List<Path> list(Path directory);

    /** Whether changes are only said, not made. */
    default boolean isRehearsal() {
        return false;
    }

    /** Whether this process is root's. */
    default boolean isRoot() {
        return read(Path.of("/proc/self/status"))
                .map(status -> status.contains("\nUid:\t0\t0\t"))
                .orElse(false);
    }
}
