package org.twinshare.exports.table;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.names.KnownNames;
import org.twinshare.exports.table.Decision.Allowed;
import org.twinshare.exports.table.Decision.Pending;
import org.twinshare.exports.table.Decision.Reason;
import org.twinshare.exports.table.Decision.Refused;

/**
 * All that one client address may do, decided once, so that checking a call is one look into a map. A connection may
 * hold it for as long as {@link #isCurrent}, and asks {@link CurrentExports#rights} again after that. Thread-safe.
 */
public final class ClientRights {

    private static final Refused NOT_EXPORTED = new Refused(Reason.NOT_EXPORTED, Optional.empty());

    private final InetAddress address;
    private final ExportTable table;
    private final Map<Integer, Decision> byNumber;
    private final boolean pending;
    private final BooleanSupplier tableIsCurrent;
    private volatile boolean stale;

    private ClientRights(
            InetAddress address, ExportTable table, Map<Integer, Decision> byNumber, BooleanSupplier tableIsCurrent) {
        this.address = address;
        this.table = table;
        this.byNumber = byNumber;
        this.pending = byNumber.values().stream().anyMatch(Pending.class::isInstance);
        this.tableIsCurrent = tableIsCurrent;
    }

    /** Decides on every export of the table; starts to look up the names that this needs and that are not known. */
    static ClientRights decide(
            InetAddress address, ExportTable table, KnownNames names, BooleanSupplier tableIsCurrent) {
        Map<Integer, Decision> decisions = table.exports().stream()
                .collect(Collectors.toUnmodifiableMap(Export::number, export -> decide(export, address, names)));
        return new ClientRights(address, table, decisions, tableIsCurrent);
    }

    /** The first entry that matches, in order of precedence; nothing is decided past one that is not known to. */
    private static Decision decide(Export export, InetAddress address, KnownNames names) {
        for (ExportEntry entry : export.entries()) {
            switch (ClientMatcher.match(entry.client(), address, names)) {
                case YES -> {
                    return new Allowed(export, entry);
                }
                case UNKNOWN -> {
                    return new Pending(export);
                }
                case NO -> {}
            }
        }
        return new Refused(Reason.NO_CLIENT_MATCHES, Optional.of(export));
    }

    /** The client, an IPv4-mapped address as IPv4. */
    public InetAddress address() {
        return address;
    }

    /** The table that decided. */
    public ExportTable table() {
        return table;
    }

    /** The decision about a call with a file handle of the export with this number, from this port of the client. */
    public Decision onExport(int number, int port) {
        return withPort(byNumber.getOrDefault(number, NOT_EXPORTED), port);
    }

    /**
     * The decision about MNT of a path: the longest export that holds it and that this client may use. As with
     * nfs-utils, an export further down that the client may not use does not hide one further up.
     */
    public Decision onPath(BytePath path, int port) {
        List<Export> holding = table.holding(path);
        for (Export export : holding) {
            Decision decision = byNumber.getOrDefault(export.number(), NOT_EXPORTED);
            if (!(decision instanceof Refused)) {
                return withPort(decision, port);
            }
        }
        return holding.isEmpty() ? NOT_EXPORTED : new Refused(Reason.NO_CLIENT_MATCHES, Optional.of(holding.get(0)));
    }

    /**
     * True when there is an export that this client may use, or may turn out to: for services that answer only
     * clients of the table, such as the portmapper.
     */
    public boolean mayUseAnything() {
        return byNumber.values().stream().anyMatch(decision -> !(decision instanceof Refused));
    }

    /** False when the table was swapped or the client's names may have changed: ask for the rights again. */
    public boolean isCurrent() {
        return !stale && !pending && tableIsCurrent.getAsBoolean();
    }

    /** True when a decision waits for a name. Such rights are never current: the next asking may know. */
    public boolean isPending() {
        return pending;
    }

    void markStale() {
        stale = true;
    }

    private static Decision withPort(Decision decision, int port) {
        if (decision instanceof Allowed allowed && !allowed.options().allowsPort(port)) {
            return new Refused(Reason.UNPRIVILEGED_PORT, Optional.of(allowed.export()));
        }
        return decision;
    }
}
