package org.twinshare.client.mount;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.Node;

/**
 * The directory under the mount. While nothing is mounted it must swallow nothing: an upload that lands in it is on this node
 * only, and is hidden as soon as the share comes. So it is empty, and nobody can write in it.
 */
final class MountPoint {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_NAMES = 20;

    private final Node node;
    private final Path path;

    MountPoint(Node node, Path path) {
        this.node = node;
        this.path = path;
    }

    /** How it was made safe. */
    enum Guard {
        IMMUTABLE("nobody can write in it while nothing is mounted there (chattr +i)"),
        READ_ONLY(
                "only root can write in it while nothing is mounted there (mode 0555; its file system has no chattr +i)");

        private final String text;

        Guard(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Makes the directory at need, and makes it unwritable; nothing may be mounted there. */
    Guard guard() throws Failure {
        Ended looked = node.run(PATIENCE, List.of("stat", "-c", "%F", path.toString()));
        if (!looked.isOk()) {
            must("cannot make the mount point " + path, List.of("mkdir", "-p", "-m", "0755", path.toString()));
        } else if (!looked.out().strip().equals("directory")) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    path + " is not a directory",
                    "it is a " + looked.out().strip(),
                    "move it away, or mount somewhere else");
        }
        refuseStranded();
        Ended immutable = node.change(PATIENCE, List.of("chattr", "+i", path.toString()));
        if (immutable.isOk()) {
            return Guard.IMMUTABLE;
        }
        must("cannot guard " + path, List.of("chown", "root:root", path.toString()));
        must("cannot guard " + path, List.of("chmod", "0555", path.toString()));
        return Guard.READ_ONLY;
    }

    private void refuseStranded() throws Failure {
        Ended listed = node.run(PATIENCE, List.of("find", path.toString(), "-mindepth", "1", "-maxdepth", "1"));
        List<String> names = listed.out().lines().toList();
        if (names.isEmpty()) {
            return;
        }
        String shown = String.join("\n", names.subList(0, Math.min(names.size(), MOST_NAMES)));
        String more = names.size() > MOST_NAMES ? "\nand " + (names.size() - MOST_NAMES) + " more" : "";
        throw new Failure(
                Failure.Kind.REFUSED,
                path + " is not empty: the mount would hide what is in it",
                names.size() + (names.size() == 1 ? " entry is" : " entries are")
                        + " on this node only, perhaps written while the share was not mounted:\n" + shown + more,
                "move them away, mount, and copy what you want to keep into the share:\n"
                        + "mkdir /root/stranded && mv " + path + "/* /root/stranded/");
    }

    private void must(String what, List<String> command) throws Failure {
        Ended ended = node.change(PATIENCE, command);
        if (!ended.isOk()) {
            throw new Failure(Failure.Kind.FAILED, what, ended.complaint(), "run it as root");
        }
    }
}
