package org.twinshare.client.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.LiveMount;
import org.twinshare.client.node.Node;
import org.twinshare.client.node.ShellWords;
import org.twinshare.exports.MountLine;

/** Mounts a share on a node, now and with every boot. What is done already is not done again. Not thread-safe. */
public final class Mounting {
    private static final Duration PROGRAM = Duration.ofSeconds(10);
    /** Reading all units anew took more than 20 s on a node that was busy. */
    private static final Duration SYSTEMCTL = Duration.ofMinutes(1);

    private final Node node;
    private final Share share;
    private final Duration patience;
    private final Consumer<String> saying;
    private final List<MountLine.Option> options;

    /**
     * @param patience how long the server, and then mount(8), may take
     * @param saying   is told, line by line, what is done and why
     */
    public Mounting(Node node, Share share, Duration patience, Consumer<String> saying) {
        this.node = node;
        this.share = share;
        this.patience = patience;
        this.saying = saying;
        this.options = NodeOptions.explained(node, share);
    }

    /** Mounts it now. */
    public void now() throws Failure {
        if (isMounted()) {
            return;
        }
        Offer.mustHold(share, patience);
        prepare();
        mount();
    }

    /**
     * Mounts it now, and lets the system mount it with every boot. A server that does not answer is no hindrance: the share
     * comes when the server does, and until then this ends with {@link Failure.Kind#UNREACHABLE}.
     *
     * @param services web services that are to wait for the share
     */
    public void atBoot(List<String> services) throws Failure {
        Optional<Failure> away = unreachable();
        boolean systemd = node.read(Path.of("/proc/1/comm")).orElse("").strip().equals("systemd");
        if (!systemd && !services.isEmpty()) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    "--service needs systemd",
                    "this system was not started by systemd",
                    "leave it out, and order the service after the mounts in your init system");
        }
        Fstab fstab = new Fstab(node.read(Fstab.FILE).orElse(""));
        String line = Fstab.line(share, NodeOptions.text(options));
        boolean listed = refuseOtherLine(fstab, systemd ? "" : line);
        boolean mounted = isMounted();
        if (!mounted) {
            prepare();
        }
        if (systemd) {
            writeUnits(services);
        } else if (!listed) {
            write(Fstab.FILE, fstab.with(line).text());
        }
        if (away.isPresent()) {
            Failure failure = away.get();
            throw new Failure(
                    failure.kind(),
                    failure.problem().what(),
                    failure.problem().cause(),
                    failure.problem().remedy() + "\n" + share.mountPoint()
                            + " is written for the boot, and comes when the server does");
        }
        if (!mounted && !systemd) {
            mount();
        }
    }

    private Optional<Failure> unreachable() throws Failure {
        try {
            Offer.mustHold(share, patience);
            return Optional.empty();
        } catch (Failure failure) {
            if (failure.kind() != Failure.Kind.UNREACHABLE) {
                throw failure;
            }
            return Optional.of(failure);
        }
    }

    /** Whether fstab has this very line already; another line for the same place is not overruled. */
    private boolean refuseOtherLine(Fstab fstab, String ours) throws Failure {
        Optional<Fstab.Entry> entry = fstab.entryOf(share.mountPoint());
        if (entry.isPresent() && !entry.get().line().equals(ours)) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    "/etc/fstab mounts " + share.mountPoint() + " already",
                    "line " + entry.get().lineNumber() + ":  " + entry.get().line(),
                    "remove that line, and say this again");
        }
        return entry.isPresent();
    }

    private boolean isMounted() throws Failure {
        for (LiveMount each : LiveMount.ofNfs(node)) {
            if (!each.mountPoint().equals(share.mountPoint())
                    && share.mountPoint().startsWith(each.mountPoint())) {
                throw new Failure(
                        Failure.Kind.REFUSED,
                        share.mountPoint() + " lies inside " + each.mountPoint() + ", which is mounted from "
                                + each.source(),
                        "a mount inside another hangs with it",
                        "mount it beside the other");
            }
        }
        Optional<LiveMount> live = LiveMount.at(node, share.mountPoint());
        if (live.isEmpty()) {
            return false;
        }
        if (!live.get().isNfs() || !live.get().source().equals(share.source())) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    "something else is mounted at " + share.mountPoint(),
                    live.get().type() + " from " + live.get().source(),
                    "unmount it, or mount somewhere else");
        }
        saying.accept(share.source() + " is mounted at " + share.mountPoint() + " already");
        return true;
    }

    private void prepare() throws Failure {
        if (!node.isRoot()) {
            throw new Failure(Failure.Kind.FAILED, "only root may mount", "", "say it again with sudo");
        }
        saying.accept("Mounting " + share.source() + " at " + share.mountPoint() + " with");
        int width =
                options.stream().mapToInt(each -> each.text().length()).max().orElse(0);
        options.forEach(each -> saying.accept(
                "  " + each.text() + " ".repeat(width - each.text().length()) + "  " + each.reason()));
        MountPoint.Guard guard = new MountPoint(node, share.mountPoint()).guard();
        done(share.mountPoint() + ": " + guard.text());
    }

    private void mount() throws Failure {
        List<String> command = List.of(
                "mount",
                "-t",
                "nfs",
                "-o",
                NodeOptions.text(options),
                share.source(),
                share.mountPoint().toString());
        Ended ended = node.change(patience.plus(PROGRAM), command);
        if (ended.timedOut()) {
            throw new Failure(
                    Failure.Kind.TIMED_OUT,
                    "mount(8) did not end within " + patience.plus(PROGRAM).toSeconds() + " s",
                    ended.complaint(),
                    "find out why:  twinmount doctor " + ShellWords.quoted(share.source()));
        }
        if (!ended.isOk()) {
            throw new Failure(
                    Failure.Kind.FAILED,
                    "mount(8) failed: " + ShellWords.of(command),
                    ended.complaint(),
                    ended.exitCode() == 127
                            ? "install it:  apt-get install nfs-common  (EL: dnf install nfs-utils)"
                            : "find out why:  twinmount doctor " + ShellWords.quoted(share.source()));
        }
        done("Mounted. Undo it with:  twinmount umount "
                + ShellWords.quoted(share.mountPoint().toString()));
    }

    private void writeUnits(List<String> services) throws Failure {
        BootUnits units = new BootUnits(share, NodeOptions.text(options));
        for (Map.Entry<Path, String> each : units.files(services).entrySet()) {
            write(each.getKey(), each.getValue());
        }
        systemctl("daemon-reload");
        systemctl("enable", units.mountUnit(), units.leaveUnit());
        systemctl("start", "--no-block", units.mountUnit(), units.leaveUnit());
    }

    private void write(Path file, String text) throws Failure {
        if (node.read(file).map(text::equals).orElse(false)) {
            saying.accept(file + " is as it should be");
            return;
        }
        try {
            node.write(file, text);
        } catch (IOException failure) {
            throw new Failure(
                    Failure.Kind.FAILED,
                    "cannot write " + file,
                    String.valueOf(failure.getMessage()),
                    "run it as root");
        }
        done("Wrote " + file);
    }

    private void done(String what) {
        if (!node.isRehearsal()) {
            saying.accept(what);
        }
    }

    private void systemctl(String... words) throws Failure {
        List<String> command = new ArrayList<>(List.of("systemctl"));
        command.addAll(List.of(words));
        Ended ended = node.change(SYSTEMCTL, command);
        if (!ended.isOk()) {
            throw new Failure(Failure.Kind.FAILED, ShellWords.of(command) + " failed", ended.complaint(), "");
        }
    }
}
