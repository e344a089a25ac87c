package org.twinshare.client.doctor;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.Node;

/** Looks at where the mount point is: what lies under the mount, and which trees it is inside of. */
final class PlaceChecks {
    /** Shows the directory under the mount, on a copy of the file system above it that only this program sees. */
    private static final String UNDERNEATH = "d=$(mktemp -d) && unshare -m sh -c '"
            + "mount --bind \"$1\" \"$2\" && cd \"$2/$3\" && lsattr -d . 2>/dev/null | cut -d \" \" -f 1; stat -c %a .;"
            + " find . -mindepth 1 -maxdepth 1' sh \"$1\" \"$d\" \"$2\"; code=$?; rmdir \"$d\"; exit $code";

    private static final List<Path> CRON_FILES = List.of(Path.of("/etc/crontab"), Path.of("/etc/anacrontab"));
    private static final List<Path> CRON_DIRECTORIES = List.of(
            Path.of("/etc/cron.d"),
            Path.of("/etc/cron.hourly"),
            Path.of("/etc/cron.daily"),
            Path.of("/etc/cron.weekly"),
            Path.of("/var/spool/cron"),
            Path.of("/var/spool/cron/crontabs"));

    private final Node node;
    private final Duration patience;
    private final Path mountPoint;
    private final WebServers servers;

    PlaceChecks(Node node, Duration patience, Path mountPoint, WebServers servers) {
        this.node = node;
        this.patience = patience;
        this.mountPoint = mountPoint;
        this.servers = servers;
    }

    void run(Consumer<Finding> found) {
        underneath(found);
        found.accept(documentRoots());
        found.accept(pulledTree());
    }

    private void underneath(Consumer<Finding> found) {
        Ended looked = node.run(
                patience,
                List.of(
                        "sh",
                        "-c",
                        UNDERNEATH,
                        "sh",
                        mountPoint.resolveSibling("").toString(),
                        mountPoint.getFileName().toString()));
        if (!looked.isOk()) {
            found.accept(Finding.warn(
                    "stranded",
                    "what lies under the mount at " + mountPoint + " is not known",
                    looked.timedOut() ? "looking took too long" : looked.complaint(),
                    "run it as root"));
            return;
        }
        List<String> lines = looked.out().lines().toList();
        List<String> entries =
                lines.stream().filter(each -> each.startsWith("./")).toList();
        found.accept(
                entries.isEmpty()
                        ? Finding.ok("stranded", "nothing is hidden under the mount at " + mountPoint)
                        : Finding.fail(
                                "stranded",
                                entries.size() + (entries.size() == 1 ? " entry is" : " entries are")
                                        + " hidden under the mount at " + mountPoint + ", such as "
                                        + entries.getFirst().substring(2),
                                "written on this node while the share was not mounted; no other node has them",
                                "unmount, move them away, mount, and copy what you want to keep into the share"));
        found.accept(guard(lines));
    }

    private Finding guard(List<String> lines) {
        boolean immutable = lines.stream().anyMatch(each -> each.matches("[-A-Za-z]*i[-A-Za-z]*") && each.length() > 8);
        boolean readOnly = lines.stream().anyMatch(each -> each.matches("[0-7]*[0145]{3}"));
        if (immutable || readOnly) {
            return Finding.ok(
                    "guard",
                    immutable
                            ? "nobody can write under the mount (chattr +i)"
                            : "only root can write under the mount (no write permission)");
        }
        return Finding.fail(
                "guard",
                mountPoint + " swallows uploads while nothing is mounted there",
                "the directory under the mount can be written in",
                "twinmount umount " + mountPoint + " && twinmount mount SERVER:/PATH " + mountPoint
                        + "  makes it unwritable first");
    }

    private Finding documentRoots() {
        List<WebServers.Root> roots = servers.documentRoots();
        if (roots.isEmpty()) {
            return Finding.ok("document-root", "no DocumentRoot is configured here");
        }
        List<String> real = resolved(roots);
        for (int at = 0; at < roots.size(); at++) {
            WebServers.Root root = roots.get(at);
            if (isInside(root.directory()) || isInside(real.get(at))) {
                return Finding.fail(
                        "document-root",
                        mountPoint + " lies inside the " + root.name() + " " + root.directory(),
                        root.directive().place() + "; an rsync --delete of the site empties the share, and code is read"
                                + " over the network",
                        "mount it outside, and give it an Alias");
            }
        }
        return Finding.ok(
                "document-root", mountPoint + " lies outside every DocumentRoot (" + roots.size() + " found)");
    }

    private boolean isInside(String directory) {
        return mountPoint.startsWith(Path.of(directory).normalize());
    }

    /** Where the links lead; as they are written, where that cannot be found out in time. */
    private List<String> resolved(List<WebServers.Root> roots) {
        List<String> command = new ArrayList<>(List.of("readlink", "-m", "--"));
        roots.forEach(each -> command.add(each.directory()));
        List<String> real = node.run(patience, command).out().lines().toList();
        return real.size() == roots.size()
                ? real
                : roots.stream().map(WebServers.Root::directory).toList();
    }

    private Finding pulledTree() {
        for (Path above = mountPoint; above.getNameCount() > 0; above = above.resolveSibling("")) {
            Path releases =
                    above.resolveSibling("." + above.getFileName() + ".d").resolve("releases");
            if (!node.list(releases).isEmpty()) {
                return insideOfTree(above.toString(), "twinmount pull keeps it equal to the server's source tree");
            }
            if (above.getNameCount() == 1) {
                break;
            }
        }
        for (Path file : cronFiles()) {
            for (String line : node.read(file).orElse("").lines().toList()) {
                Optional<String> destination = deletingDestination(line);
                if (destination.isPresent() && isInside(destination.get())) {
                    return insideOfTree(destination.get(), file + ":  " + line.strip());
                }
            }
        }
        return Finding.ok("pulled-tree", mountPoint + " lies outside every tree that is pulled or synchronized");
    }

    private Finding insideOfTree(String tree, String cause) {
        return Finding.fail(
                "pulled-tree",
                mountPoint + " lies inside " + tree + ", where files that the source does not have are deleted",
                cause,
                "mount it outside that tree; until then run no rsync --delete there");
    }

    private List<Path> cronFiles() {
        List<Path> files = new ArrayList<>(CRON_FILES);
        CRON_DIRECTORIES.forEach(each -> files.addAll(node.list(each)));
        return files;
    }

    /** Where an rsync that deletes writes to: its last word that is an absolute path. */
    private static Optional<String> deletingDestination(String line) {
        List<String> words =
                Splitter.onPattern("[\\s;&|]+").omitEmptyStrings().splitToList(line.replaceFirst("^\\s*#.*", ""));
        boolean deletes = words.stream().anyMatch(each -> each.equals("rsync") || each.endsWith("/rsync"))
                && words.stream().anyMatch(each -> each.startsWith("--del"));
        if (!deletes) {
            return Optional.empty();
        }
        int rsync = words.indexOf(words.stream()
                .filter(each -> each.endsWith("rsync"))
                .findFirst()
                .orElseThrow());
        return words.stream()
                .skip(rsync + 1)
                .filter(each -> each.startsWith("/"))
                .reduce((first, second) -> second);
    }
}
