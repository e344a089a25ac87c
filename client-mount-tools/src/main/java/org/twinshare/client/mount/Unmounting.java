package org.twinshare.client.mount;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.LiveMount;
import org.twinshare.client.node.Node;

/** Takes a share off a node; by force also when its server is dead, within ten seconds. */
public final class Unmounting {
    /** Each of the two programs of a forced unmount: together well below ten seconds. */
    private static final Duration FORCED = Duration.ofSeconds(3);

    /** Who has the path open, by the links in /proc, which do not touch the mount. */
    private static final String HOLDERS = "cd /proc && for each in [0-9]*; do"
            + " if ls -l $each/cwd $each/root $each/fd 2>/dev/null | grep -qF -e \" -> $1/\" -e \" -> $1\";"
            + " then printf '%s ' \"$each\"; tr '\\0' ' ' <$each/comm; fi; done";

    private final Node node;
    private final Path mountPoint;
    private final Consumer<String> saying;

    public Unmounting(Node node, Path mountPoint, Consumer<String> saying) {
        this.node = node;
        this.mountPoint = mountPoint;
        this.saying = saying;
    }

    /** Unmounts when nobody uses it and all is written. */
    public void gently(Duration patience) throws Failure {
        if (!mustBeOurs()) {
            return;
        }
        Ended ended = node.change(patience, List.of("umount", mountPoint.toString()));
        if (ended.timedOut()) {
            throw new Failure(
                    Failure.Kind.TIMED_OUT,
                    mountPoint + " is not unmounted after " + patience.toSeconds() + " s",
                    "the server does not answer, or much is still to be written",
                    "wait for the server, or give up what is not written yet:  twinmount umount --force " + mountPoint);
        }
        if (!ended.isOk()) {
            String holders = holders();
            throw new Failure(
                    Failure.Kind.FAILED,
                    mountPoint + " is not unmounted",
                    ended.complaint() + (holders.isEmpty() ? "" : "\n" + holders),
                    "stop the programs that use it");
        }
        done("Unmounted " + mountPoint);
    }

    /** Ends the calls that wait for the server, and takes the mount away at once; what was not written is lost. */
    public void byForce() throws Failure {
        if (!mustBeOurs()) {
            return;
        }
        // No helper, which would talk to the server, and no look at the path itself.
        Ended forced = node.change(FORCED, List.of("umount", "-i", "-c", "-f", mountPoint.toString()));
        if (forced.isOk()) {
            done("Unmounted " + mountPoint + " by force");
            return;
        }
        Ended detached = node.change(FORCED, List.of("umount", "-i", "-c", "-l", mountPoint.toString()));
        if (!detached.isOk()
                && LiveMount.at(node, mountPoint).filter(LiveMount::isNfs).isPresent()) {
            throw new Failure(
                    Failure.Kind.FAILED,
                    mountPoint + " cannot be unmounted",
                    detached.timedOut() ? "umount -l did not end" : detached.complaint(),
                    "run it as root");
        }
        saying.accept("Detached " + mountPoint + ": gone from here, and from the kernel when nobody uses it any more");
        String holders = holders();
        if (!holders.isEmpty()) {
            saying.accept("Still used by (kill -9 ends them):\n" + holders);
        }
    }

    private boolean mustBeOurs() throws Failure {
        Optional<LiveMount> live = LiveMount.at(node, mountPoint);
        if (live.isEmpty()) {
            saying.accept("Nothing is mounted at " + mountPoint);
            return false;
        }
        if (!live.get().isNfs()) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    mountPoint + " is not an NFS mount",
                    live.get().type() + " from " + live.get().source(),
                    "use umount(8) for it");
        }
        return true;
    }

    private void done(String what) {
        if (!node.isRehearsal()) {
            saying.accept(what);
        }
    }

    private String holders() {
        Ended listed = node.run(FORCED, List.of("sh", "-c", HOLDERS, "sh", mountPoint.toString()));
        return String.join("\n", Splitter.on('\n').omitEmptyStrings().splitToList(listed.out()));
    }
}
