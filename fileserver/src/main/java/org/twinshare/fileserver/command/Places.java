package org.twinshare.fileserver.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where files are when nobody says otherwise: in the system's places for root, in the user's own without. */
final class Places {
    private Places() {}

    /** Asked of /proc, because a short command should not load what a system call needs. */
    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home"));
    }

    private static Path fromEnvironment(String variable, Path otherwise) {
        String value = System.getenv(variable);
        return value == null || value.isEmpty() ? otherwise : Path.of(value);
    }

    /** The settings file. */
    static Path settings() {
        return configuration().resolve("twinshare.conf");
    }

    private static Path configuration() {
        return isRoot()
                ? Path.of("/etc/twinshare")
                : fromEnvironment("XDG_CONFIG_HOME", home().resolve(".config")).resolve("twinshare");
    }

    /** The exports file: our own, or the system's where there is no such. */
    static Path exports() {
        Path own = configuration().resolve("exports");
        return Files.exists(own) || !isRoot() ? own : Path.of("/etc/exports");
    }

    /** The state directory. */
    static Path state() {
        return isRoot()
                ? Path.of("/var/lib/twinshare")
                : fromEnvironment("XDG_STATE_HOME", home().resolve(".local/state"))
                        .resolve("twinshare");
    }
}
