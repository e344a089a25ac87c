package org.twinshare.fileserver.command;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.filestore.posix.OwnProcess;

/** Offers to make the directory that is to be served, owned by nobody, so that squashed users can write in it. */
final class MissingDirectory {
    private static final int NOBODY = 65534;

    private MissingDirectory() {}

    static void offer(Path directory, boolean yes) throws Refused {
        if (Files.exists(directory)) {
            return;
        }
        if (!yes && !agreed(directory)) {
            throw new Refused(
                    "there is no directory " + directory,
                    "",
                    "mkdir -p " + directory + " && chown nobody:nogroup " + directory + " ; or say --yes");
        }
        try {
            Files.createDirectories(directory);
            if (OwnProcess.geteuid() == 0) {
                Files.setAttribute(directory, "unix:uid", NOBODY);
                Files.setAttribute(directory, "unix:gid", NOBODY);
            }
        } catch (IOException e) {
            throw new Refused(
                    "cannot make " + directory,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "make it yourself");
        }
    }

    /** Asks on a terminal only. */
    @SuppressWarnings("SystemConsoleNull") // Seen with Java 25 and standard input from /dev/null.
    private static boolean agreed(Path directory) {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return false;
        }
        String answer = console.readLine("There is no directory %s. Make it, owned by nobody? [Y/n] ", directory);
        return answer != null && !answer.trim().toLowerCase(Locale.ROOT).startsWith("n");
    }
}
