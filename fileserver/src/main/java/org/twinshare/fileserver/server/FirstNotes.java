package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.twinshare.exports.options.Squash;
import org.twinshare.exports.table.Export;
import org.twinshare.filestore.posix.OwnProcess;

/** What an operator should hear once, when the server begins to serve. Has no state. */
final class FirstNotes {
    private static final int ALL_WRITE_AND_SEARCH = 03;

    private FirstNotes() {}

    static List<String> of(FileServer server) {
        List<String> notes = new ArrayList<>();
        boolean root = OwnProcess.geteuid() == 0;
        if (!root) {
            notes.add("running without root: every file belongs to this user, whoever writes it, and what this user may"
                    + " not read is not served");
        }
        for (Export export : server.exports().table().exports()) {
            if (root) {
                unwritable(export).ifPresent(notes::add);
            }
        }
        InetAddress listening = server.address().getAddress();
        if (listening.isAnyLocalAddress()) {
            HostNetworks.bindAdvice(HostNetworks.all()).ifPresent(notes::add);
        }
        return notes;
    }

    /** The chown that lets squashed users write, where none can write in the exported directory. */
    static Optional<String> unwritable(Export export) {
        List<Squash> squashed = export.entries().stream()
                .filter(entry -> entry.options().readWrite())
                .map(entry -> entry.options().squash())
                .filter(squash -> squash.rootSquash() || squash.allSquash())
                .toList();
        if (squashed.isEmpty()) {
            return Optional.empty();
        }
        try {
            Owner owner = Owner.of(Path.of(export.directory().toString()));
            boolean someCan = squashed.stream().anyMatch(squash -> owner.letsWrite(squash));
            return someCan ? Optional.empty() : Optional.of(words(export, squashed.get(0), owner));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private record Owner(int uid, int gid, int mode) {
        /** @param directory an operator's path, not a client's */
        static Owner of(Path directory) throws IOException {
            return new Owner(
                    (Integer) Objects.requireNonNull(Files.getAttribute(directory, "unix:uid")),
                    (Integer) Objects.requireNonNull(Files.getAttribute(directory, "unix:gid")),
                    (Integer) Objects.requireNonNull(Files.getAttribute(directory, "unix:mode")));
        }

        boolean letsWrite(Squash squash) {
            int shift = uid == squash.anonymousUid() ? 6 : gid == squash.anonymousGid() ? 3 : 0;
            return (mode >> shift & ALL_WRITE_AND_SEARCH) == ALL_WRITE_AND_SEARCH;
        }
    }

    private static String words(Export export, Squash squash, Owner owner) {
        boolean nobody = squash.anonymousUid() == Squash.NOBODY && squash.anonymousGid() == Squash.NOBODY;
        String wanted = nobody
                ? "nobody:"
                : Integer.toUnsignedString(squash.anonymousUid()) + ":"
                        + Integer.toUnsignedString(squash.anonymousGid());
        return "squashed users cannot write in " + export.directory() + " (owner " + owner.uid + ":" + owner.gid
                + ", mode " + Integer.toOctalString(owner.mode & 07777) + "); to let them:  chown " + wanted + " "
                + export.directory();
    }
}
