package org.twinshare.client.doctor;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.twinshare.client.node.LiveMount;
import org.twinshare.client.node.MountAnswer;
import org.twinshare.client.node.Node;

/** Looks at the mount as the kernel has it, by /proc and by a program that may hang in its place. */
final class MountChecks {
    private final Node node;
    private final DoctorSettings settings;
    private final Path mountPoint;
    private final Optional<LiveMount> live;

    MountChecks(Node node, DoctorSettings settings, Path mountPoint, Optional<LiveMount> live) {
        this.node = node;
        this.settings = settings;
        this.mountPoint = mountPoint;
        this.live = live;
    }

    void run(Optional<InetAddress> address, Consumer<Finding> found) {
        if (live.isEmpty()) {
            found.accept(Finding.fail(
                    "mounted",
                    "nothing is mounted at " + mountPoint,
                    "pages that need the share fail, and uploads are refused or lost",
                    "twinmount mount " + settings.server() + ":" + settings.path() + " " + mountPoint));
            return;
        }
        LiveMount mount = live.get();
        found.accept(mounted(mount, address));
        found.accept(
                option("vers", mount.has("vers=3"), "vers=3", "NFSv4 keeps state that a failover of the server loses"));
        found.accept(option(
                "tcp",
                mount.has("proto=tcp") || mount.has("proto=tcp6"),
                "proto=tcp",
                "over UDP a lost packet costs a second, and a mixed-up one corrupts data"));
        found.accept(option(
                "hard", mount.has("hard"), "hard", "a soft mount loses writes when the server is away for a while"));
        found.accept(option(
                "nolock",
                mount.has("nolock") || mount.has("local_lock=all"),
                "nolock",
                "each lock asks lockd, and a server without one hangs whoever takes a lock"));
        found.accept(missingNames(mount));
        found.accept(answers());
    }

    private Finding mounted(LiveMount mount, Optional<InetAddress> address) {
        Optional<String> speaking = mount.value("addr");
        boolean other = speaking.isPresent()
                && address.isPresent()
                && !speaking.get().equals(InetAddresses.toAddrString(address.get()));
        if (other) {
            return Finding.fail(
                    "mounted",
                    mountPoint + " is mounted from " + speaking.orElse("") + ", and " + settings.server() + " is now "
                            + InetAddresses.toAddrString(address.orElseThrow()),
                    "the name meant another address when it was mounted",
                    "unmount and mount again, or let the name mean the address that moves with the server");
        }
        return Finding.ok("mounted", mount.source() + " is mounted at " + mountPoint);
    }

    private Finding option(String check, boolean holds, String wanted, String otherwise) {
        return holds
                ? Finding.ok(check, "mounted with " + wanted)
                : Finding.fail(check, "mounted without " + wanted, otherwise, again());
    }

    private String again() {
        return "twinmount umount " + mountPoint + " && twinmount mount " + settings.server() + ":" + settings.path()
                + " " + mountPoint;
    }

    private Finding missingNames(LiveMount mount) {
        boolean looksAgain = mount.has("lookupcache=pos")
                || mount.has("lookupcache=none")
                || mount.has("noac")
                || mount.value("acdirmax")
                        .filter(each -> each.equals("0") || each.equals("1"))
                        .isPresent();
        if (looksAgain) {
            return Finding.ok("lookupcache", "a missing name is looked up again each time");
        }
        return Finding.fail(
                "lookupcache",
                "a missing name is remembered for up to "
                        + mount.value("acdirmax").orElse("60") + " s",
                "what another node uploads after a 404 here stays a 404 that long (lookupcache=all)",
                again());
    }

    private Finding answers() {
        return switch (MountAnswer.of(node, mountPoint, settings.patience())) {
            case MountAnswer.Answered answered -> Finding.ok("answers", mountPoint + " answers");
            case MountAnswer.Silent silent ->
                Finding.fail(
                        "answers",
                        mountPoint + " does not answer within "
                                + settings.patience().toSeconds() + " s",
                        "the server is away; whoever touches it waits, and SIGKILL alone ends them",
                        "start the server: the mount recovers by itself; or:  twinmount umount --force " + mountPoint);
            case MountAnswer.Failed failed -> failed(failed);
        };
    }

    private Finding failed(MountAnswer.Failed failed) {
        if (!failed.isStale()) {
            return Finding.fail(
                    "answers", mountPoint + " answers with an error", failed.message(), "see the server's log");
        }
        return Finding.fail(
                "answers",
                mountPoint + " is stale",
                "the server no longer knows the directory that was mounted, or no longer exports it",
                "see its exports; then:  twinmount umount --force " + mountPoint + " && twinmount mount "
                        + settings.server() + ":" + settings.path() + " " + mountPoint);
    }
}
