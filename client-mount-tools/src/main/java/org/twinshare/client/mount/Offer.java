package org.twinshare.client.mount;

import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.twinshare.client.node.Failure;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.MountProbe;
import org.twinshare.client.probe.MountReply;
import org.twinshare.client.probe.MountStatus;
import org.twinshare.client.probe.Target;

/** Asks the server for an export before mount(8) does, which would try for two minutes and then say little. Stateless. */
final class Offer {
    private Offer() {}

    /** Returns when the server gives the export to this node. */
    static void mustHold(Share share, Duration patience) throws Failure {
        MountReply reply = ask(share, patience);
        if (reply.status() == MountStatus.OK) {
            return;
        }
        String remedy = switch (reply.status()) {
            case ACCES, PERM ->
                "on the server, add this node's address to the line of " + share.path()
                        + " in its exports file, and reload it";
            case NOENT, NOTDIR -> "see what it exports:  showmount -e " + share.server();
            case OK, IO, INVAL, NAMETOOLONG, NOTSUPP, SERVERFAULT -> "see the server's log";
        };
        throw new Failure(
                Failure.Kind.FAILED,
                share.server() + " does not give " + share.path() + " to this node",
                "MNT answered " + reply.status(),
                remedy);
    }

    private static MountReply ask(Share share, Duration patience) throws Failure {
        try {
            Target target = Target.at(share.server(), share.port()).timeout(patience);
            try (MountProbe probe =
                    MountProbe.connect(target.mountAddress(), target.source(), target.credential(), patience)) {
                return probe.mount(Bytes.of(share.path()));
            }
        } catch (UnknownHostException unknown) {
            throw new Failure(
                    Failure.Kind.UNREACHABLE,
                    "the name " + share.server() + " has no address",
                    "neither /etc/hosts nor DNS knows it",
                    "add a line to /etc/hosts:  ADDRESS " + share.server());
        } catch (IOException failure) {
            throw new Failure(
                    Failure.Kind.UNREACHABLE,
                    share.server() + " does not answer on TCP port " + share.port(),
                    String.valueOf(failure.getMessage()),
                    "start the server, or open the port between it and this node");
        }
    }
}
