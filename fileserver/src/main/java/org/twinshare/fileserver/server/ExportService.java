package org.twinshare.fileserver.server;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.options.Credential;
import org.twinshare.exports.options.ExportOptions;
import org.twinshare.exports.options.Fsid;
import org.twinshare.exports.table.ClientRights;
import org.twinshare.exports.table.CurrentExports;
import org.twinshare.exports.table.Decision;
import org.twinshare.fileserver.nfs3.ExportView;
import org.twinshare.fileserver.nfs3.Exports;
import org.twinshare.fileserver.nfs3.Status;
import org.twinshare.filestore.Caller;

/**
 * Answers with every call what the client may do with the export of a handle: one look into a map for a client that was seen,
 * decided anew when the table or its names change. Thread-safe.
 */
final class ExportService implements Exports {
    private static final Right STALE = new Right.Refused(Status.STALE);
    private static final Right LATER = new Right.Refused(Status.JUKEBOX);

    private final CurrentExports exports;
    private final BoundExports bound;
    private final Identities identities;
    private final Refusals refusals;
    private final Map<InetAddress, OfClient> clients = new ConcurrentHashMap<>();

    ExportService(CurrentExports exports, BoundExports bound, Identities identities, Refusals refusals) {
        this.exports = exports;
        this.bound = bound;
        this.identities = identities;
        this.refusals = refusals;
    }

    /** What one client may do, as long as its rights are current. */
    private record OfClient(ClientRights rights, Map<Integer, Right> decided) {}

    @Override
    public Right right(InetAddress client, int clientPort, int exportNumber) {
        OfClient known = clients.get(client);
        if (known == null || !known.rights.isCurrent()) {
            known = new OfClient(exports.rights(client), new ConcurrentHashMap<>());
            clients.put(client, known);
        }
        boolean privileged = clientPort < ExportOptions.FIRST_UNPRIVILEGED_PORT;
        Right right = known.decided.get(key(exportNumber, privileged));
        if (right != null) {
            return right;
        }
        Decision decision = known.rights.onExport(exportNumber, clientPort);
        right = decide(client, clientPort, exportNumber, decision);
        if (!(decision instanceof Decision.Pending) && !right.equals(LATER)) {
            known.decided.put(key(exportNumber, privileged), right);
        }
        return right;
    }

    /** One number for an export and whether the port is privileged; two exports never share an even number. */
    private static int key(int exportNumber, boolean privileged) {
        return privileged ? exportNumber : ~exportNumber;
    }

    private Right decide(InetAddress client, int port, int exportNumber, Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed -> {
                Long root = bound.root(exportNumber);
                yield root == null || bound.waitsForMount(allowed.export(), allowed.entry())
                        ? LATER
                        : new Right.Granted(new View(exportNumber, root, allowed.options()));
            }
            case Decision.Pending pending -> LATER;
            case Decision.Refused refused -> {
                refusals.ofCall(client, port, exportNumber, refused);
                yield switch (refused.reason()) {
                    case NOT_EXPORTED -> STALE;
                    case NO_CLIENT_MATCHES -> new Right.Refused(Status.ACCES);
                    case UNPRIVILEGED_PORT -> new Right.Refused(Status.PERM);
                };
            }
        };
    }

    /** Forgets what was decided, after a reload. */
    void forget() {
        clients.clear();
    }

    /** An export as one client may use it. */
    private final class View implements ExportView {
        private final int number;
        private final long root;
        private final ExportOptions options;
        private final long fsid;
        /** Clients send the same credential with call after call. */
        private volatile @Nullable Last last;

        private record Last(Credential credential, Caller caller) {}

        View(int number, long root, ExportOptions options) {
            this.number = number;
            this.root = root;
            this.options = options;
            this.fsid = fsidOf(number, options);
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public long fsid() {
            return fsid;
        }

        @Override
        public boolean readOnly() {
            return !options.readWrite();
        }

        @Override
        public boolean noReaddirPlus() {
            return !options.readdirplus();
        }

        @Override
        @SuppressWarnings(
                "ReferenceEquality") // the decoder hands out the same object while the client sends the same bytes
        public Caller caller(Credential credential) {
            Last known = last;
            if (known != null && known.credential == credential) {
                return known.caller;
            }
            Caller caller = identities.caller(root, options.squash(), options.async(), credential);
            last = new Last(credential, caller);
            return caller;
        }
    }

    /** The number of the export, which is the same on both servers, unless the file gives one. */
    private static long fsidOf(int exportNumber, ExportOptions options) {
        boolean given =
                options.fsid().filter(Fsid.SmallNumber.class::isInstance).isPresent();
        return given ? ((Fsid.SmallNumber) options.fsid().get()).value() & 0xffffffffL : exportNumber & 0xffffffffL;
    }
}
