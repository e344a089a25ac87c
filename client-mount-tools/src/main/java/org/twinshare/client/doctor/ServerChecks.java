package org.twinshare.client.doctor;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.twinshare.client.node.Node;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.MountProbe;
import org.twinshare.client.probe.MountReply;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SourceAddress;
import org.twinshare.client.probe.Target;

/** Speaks to the server itself, past the kernel's client: whether it is there, and what it lets this node do. */
final class ServerChecks {
    private final Node node;
    private final InstantSource clock;
    private final DoctorSettings settings;
    private final Target target;
    private final Supplier<Optional<WebUser>> users;

    ServerChecks(
            Node node,
            InstantSource clock,
            DoctorSettings settings,
            InetAddress address,
            Supplier<Optional<WebUser>> users) {
        this.node = node;
        this.clock = clock;
        this.settings = settings;
        this.target = new Target(
                address, settings.port(), settings.port(), SourceAddress.ANY, Credential.of(0, 0), settings.patience());
        this.users = users;
    }

    /** Looks as far as it gets: without a port there is no procedure, without an export no file. */
    void run(Consumer<Finding> found) {
        try (NfsProbe nfs = NfsProbe.connect(target)) {
            found.accept(Finding.ok("port", "TCP port " + settings.port() + " is open"));
            speak(nfs, found);
        } catch (IOException failure) {
            found.accept(Finding.fail(
                    "port", "TCP port " + settings.port() + " is not open", reason(failure), portRemedy(failure)));
        }
    }

    private static String portRemedy(IOException failure) {
        return failure instanceof ConnectException refused
                        && !String.valueOf(refused.getMessage()).contains("timed out")
                ? "start the server:  systemctl start twinshare"
                : "see that the server is on, and that no firewall is between:  twinshare serve --print-ports";
    }

    private String reason(IOException failure) {
        return failure instanceof SocketTimeoutException
                ? "no answer within " + settings.patience().toSeconds() + " s"
                : String.valueOf(failure.getMessage());
    }

    private void speak(NfsProbe nfs, Consumer<Finding> found) {
        try {
            nfs.ping().ok();
            found.accept(Finding.ok("nfs", "NFSv3 answers"));
        } catch (IOException failure) {
            found.accept(Finding.fail(
                    "nfs",
                    "NFSv3 does not answer",
                    reason(failure),
                    "see what listens on port " + settings.port() + " of the server, and its log"));
            return;
        }
        try (MountProbe mounts = nfs.mounts()) {
            mounts.ping();
            found.accept(Finding.ok("mount-service", "MOUNT answers on the same port"));
            MountReply reply = mounts.mount(Bytes.of(settings.path()));
            found.accept(export(reply, mounts));
            if (reply instanceof MountReply.Mounted mounted) {
                tryOut(nfs, mounted.handle(), found);
            }
        } catch (IOException failure) {
            found.accept(Finding.fail(
                    "mount-service",
                    "MOUNT does not answer on port " + settings.port(),
                    reason(failure),
                    "let the server answer both on one port, as twinshare does"));
        }
    }

    private Finding export(MountReply reply, MountProbe mounts) throws IOException {
        String self =
                InetAddresses.toAddrString(mounts.connection().localAddress().getAddress());
        return switch (reply.status()) {
            case OK -> Finding.ok("export", settings.path() + " is exported to this node (" + self + ")");
            case ACCES, PERM ->
                Finding.fail(
                        "export",
                        settings.path() + " is not exported to this node (" + self + ")",
                        "MNT answered " + reply.status(),
                        "add to the exports file of the server, and reload it:  " + settings.path() + "  " + self
                                + "(rw)");
            case NOENT, NOTDIR ->
                Finding.fail(
                        "export",
                        settings.path() + " is not exported at all",
                        "exported: "
                                + mounts.exports().stream()
                                        .map(each -> each.directory().toString())
                                        .collect(Collectors.joining(", ")),
                        "mount one of these, or add a line to the exports file of the server");
            case IO, INVAL, NAMETOOLONG, NOTSUPP, SERVERFAULT ->
                Finding.fail(
                        "export",
                        settings.path() + " cannot be mounted",
                        "MNT answered " + reply.status(),
                        "see the server's log");
        };
    }

    private void tryOut(NfsProbe nfs, FileHandle root, Consumer<Finding> found) {
        Optional<WebUser> user = users.get();
        if (user.isEmpty()) {
            found.accept(Finding.warn(
                    "web-user",
                    "no user of a web server is known here",
                    "neither Apache nor nginx is configured, and none of " + String.join(", ", WebUser.USUAL)
                            + " is in /etc/passwd",
                    "name it:  --user NAME  or  --user UID:GID"));
            return;
        }
        found.accept(Finding.ok(
                "web-user",
                "the web server is " + user.get() + ", says " + user.get().how()));
        try {
            new TrialWrite(node, clock, settings, nfs, user.get()).run(root, found);
        } catch (IOException failure) {
            found.accept(Finding.fail("write", "a trial write broke off", reason(failure), "see the server's log"));
        }
    }
}
