package org.twinshare.exports.table;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Problem;
import org.twinshare.exports.Spelling;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.names.KnownNames;
import org.twinshare.exports.options.ExportOptions;
import org.twinshare.exports.table.ClientMatcher.Verdict;
import org.twinshare.exports.table.Decision.Allowed;
import org.twinshare.exports.table.Decision.Pending;
import org.twinshare.exports.table.Decision.Refused;
import org.twinshare.exports.table.Explanation.Denied;
import org.twinshare.exports.table.Explanation.Detail;
import org.twinshare.exports.table.Explanation.Granted;

/** Puts decisions into words. Decides by the same {@link ClientRights} as every call. Not for reuse across tables. */
final class Explainer {

    /** A port below 1024, for a question that names none. */
    private static final int PRIVILEGED_PORT = 0;

    private static final int MAX_CLIENTS_SHOWN = 5;

    private static final int MAX_PATH_SHOWN = 200;

    private final ExportTable table;
    private final KnownNames names;
    private final Optional<String> nameFailure;

    Explainer(ExportTable table, KnownNames names, Optional<String> nameFailure) {
        this.table = table;
        this.names = names;
        this.nameFailure = nameFailure;
    }

    Explanation explain(InetAddress address, OptionalInt port, BytePath path) {
        InetAddress client = IpNetwork.canonical(address);
        ClientRights rights = ClientRights.decide(client, table, names, () -> true);
        Decision decision = rights.onPath(path, port.orElse(PRIVILEGED_PORT));
        return switch (decision) {
            case Allowed allowed -> granted(allowed, client, path);
            case Refused refused -> refused(refused, rights, port, path);
            case Pending pending ->
                new Denied(
                        pending,
                        new Problem(
                                headline(client, path, "may not mount") + " yet",
                                "the names that the clients of "
                                        + pending.export().path() + " need are still being looked up",
                                "ask again in a few seconds"));
        };
    }

    private Granted granted(Allowed allowed, InetAddress client, BytePath path) {
        Export export = allowed.export();
        ExportEntry entry = allowed.entry();
        String how = allowed.options().readWrite() ? " read-write" : " read-only";
        List<Detail> details = new ArrayList<>();
        boolean mapped = !export.directory().equals(export.path());
        details.add(new Detail(
                "export",
                export.path() + (mapped ? ", the directory " + export.directory() : "") + ", number "
                        + Integer.toUnsignedString(export.number()) + " in file handles"));
        details.add(new Detail(
                "line",
                entry.location().fileAndLine() + ": "
                        + entry.location().sourceLine().strip()));
        details.add(new Detail("match", match(entry, client)));
        for (ExportEntry other : export.entries()) {
            boolean matches = !other.equals(entry) && ClientMatcher.match(other.client(), client, names) == Verdict.YES;
            if (matches) {
                details.add(new Detail(
                        "after it",
                        match(other, client) + ", " + other.location().fileAndLine()));
            }
        }
        details.add(new Detail("options", allowed.options().text()));
        details.add(new Detail("squash", allowed.options().squash().words()));
        return new Granted(allowed, headline(client, path, "may mount") + how, details);
    }

    private String match(ExportEntry entry, InetAddress client) {
        ClientMatch match = entry.client();
        String words = match.text() + ", " + match.precedence().words();
        return match.needsNames() ? words + ", for its names " + shownNames(client) : words;
    }

    private Denied refused(Refused refused, ClientRights rights, OptionalInt port, BytePath path) {
        InetAddress client = rights.address();
        String what = headline(client, path, "may not mount");
        String host = InetAddresses.toAddrString(client);
        Problem problem = switch (refused.reason()) {
            case NOT_EXPORTED -> notExported(what, host, path);
            case NO_CLIENT_MATCHES ->
                noClientMatches(what, client, refused.export().orElseThrow());
            case UNPRIVILEGED_PORT -> unprivilegedPort(what, rights, port, path);
        };
        return new Denied(refused, problem);
    }

    private Problem notExported(String what, String host, BytePath path) {
        Optional<Export> nearest = nearest(path);
        String remedy = "add the line  " + path + " " + host + "(ro)";
        if (nearest.isEmpty()) {
            return new Problem(what, "nothing is exported", remedy);
        }
        Export export = nearest.get();
        return new Problem(
                what,
                "no export holds it; the nearest is " + export.path() + lineOf(export),
                remedy + "  or mount " + export.path());
    }

    private Problem noClientMatches(String what, InetAddress client, Export export) {
        String host = InetAddresses.toAddrString(client);
        List<ExportEntry> entries = export.entries();
        String shown = entries.stream()
                .limit(MAX_CLIENTS_SHOWN)
                .map(entry -> entry.client().text())
                .collect(Collectors.joining(", "));
        String more =
                entries.size() > MAX_CLIENTS_SHOWN ? " and " + (entries.size() - MAX_CLIENTS_SHOWN) + " more" : "";
        String clients = entries.isEmpty() ? "it has none" : shown + more;
        boolean byName = entries.stream().anyMatch(entry -> entry.client().needsNames());
        String cause = "no client of " + export.path() + lineOf(export) + " matches: " + clients
                + (byName ? "; the names of " + host + " are " + shownNames(client) : "");
        boolean readWrite = entries.stream().anyMatch(entry -> entry.options().readWrite());
        String line = export.path() + " " + host + (readWrite ? "(rw)" : "(ro)");
        return new Problem(what, cause, "add the line  " + line);
    }

    private Problem unprivilegedPort(String what, ClientRights rights, OptionalInt port, BytePath path) {
        if (!(rights.onPath(path, PRIVILEGED_PORT) instanceof Allowed allowed)) {
            throw new IllegalStateException("only its port is against " + rights.address());
        }
        ExportEntry entry = allowed.entry();
        String from = port.isPresent() ? "port " + port.getAsInt() : "its port";
        return new Problem(
                what,
                "the call came from " + from + ", and the option secure of "
                        + entry.client().text() + " (" + entry.location().fileAndLine() + ") wants one below "
                        + ExportOptions.FIRST_UNPRIVILEGED_PORT,
                "mount as root with the mount option resvport, or write  "
                        + allowed.export().path() + " " + entry.client().text()
                        + (allowed.options().readWrite() ? "(rw,insecure)" : "(ro,insecure)"));
    }

    private String shownNames(InetAddress client) {
        Set<String> known = names.namesOf(client).orElse(Set.of());
        if (!known.isEmpty()) {
            return known.stream().sorted().collect(Collectors.joining(", "));
        }
        return "not known" + nameFailure.map(why -> " (" + why + ")").orElse("");
    }

    /** The export that shares most leading names with the path; of these the one spelled most alike. */
    private Optional<Export> nearest(BytePath path) {
        return table.exports().stream()
                .min(Comparator.<Export>comparingInt(export -> -sharedNames(export.path(), path))
                        .thenComparingInt(
                                export -> Spelling.distance(export.path().toString(), path.toString())));
    }

    private static int sharedNames(BytePath first, BytePath second) {
        BytePath shared = first;
        while (!second.isWithin(shared)) {
            shared = shared.parent();
        }
        return shared.names().size();
    }

    private static String headline(InetAddress client, BytePath path, String verb) {
        String shown = path.toString();
        String cut = shown.length() <= MAX_PATH_SHOWN ? shown : shown.substring(0, MAX_PATH_SHOWN) + "...";
        return InetAddresses.toAddrString(client) + " " + verb + " " + cut;
    }

    private static String lineOf(Export export) {
        return export.entries().stream()
                .findFirst()
                .map(entry -> " (" + entry.location().fileAndLine() + ")")
                .orElse("");
    }
}
