package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks at how an Apache of this node reads the files of the share. Stateless. */
final class ApacheChecks {
    private ApacheChecks() {}

    static void run(Path mountPoint, WebServers servers, Consumer<Finding> found) {
        if (servers.apache().isEmpty()) {
            return;
        }
        found.accept(setting(
                "apache-mmap",
                "EnableMMAP",
                // The default of Apache 2.4.
                "on",
                "a file that another node truncates while it is mapped ends the worker with SIGBUS",
                mountPoint,
                servers));
        found.accept(setting(
                "apache-sendfile",
                "EnableSendfile",
                "off",
                "a file that another node changes meanwhile is sent half old, half new",
                mountPoint,
                servers));
    }

    private static Finding setting(
            String check, String name, String usual, String cause, Path mountPoint, WebServers servers) {
        Optional<Directive> valid = valid(name, mountPoint, servers.apache());
        String value = valid.map(Directive::argument).orElse(usual);
        if (value.equalsIgnoreCase("off")) {
            return Finding.ok(check, name + " is off for " + mountPoint);
        }
        return Finding.warn(
                check,
                name + " is on for " + mountPoint
                        + valid.map(each -> " (" + each.place() + ")").orElse(" (the default)"),
                cause,
                "in Apache's configuration:  <Directory " + mountPoint + ">  " + name + " Off  </Directory>");
    }

    /** What is set for the directory: in a section of it or above it, the longest counting most, else for the whole server. */
    private static Optional<Directive> valid(String name, Path mountPoint, List<Directive> apache) {
        Optional<Directive> best = Optional.empty();
        int bestLength = -1;
        for (Directive each : apache) {
            int length = each.is(name.toLowerCase(Locale.ROOT)) ? reach(each.sections(), mountPoint) : -1;
            if (length >= 0 && length >= bestLength) {
                best = Optional.of(each);
                bestLength = length;
            }
        }
        return best;
    }

    /** How much of the directory's path the sections name: 0 for the whole server, -1 where they are not about it. */
    private static int reach(List<String> sections, Path directory) {
        int reach = 0;
        for (String section : sections) {
            String kind = section.replaceFirst("\\s.*", "");
            String argument = section.substring(kind.length()).strip();
            if (kind.equals("directory") && argument.startsWith("/") && directory.startsWith(Path.of(argument))) {
                reach = argument.length();
            } else if (!kind.startsWith("if") && !kind.equals("virtualhost")) {
                return -1;
            }
        }
        return reach;
    }
}
