package org.twinshare.exports.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Diagnostic.Severity;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.options.Fsid;

/** Makes a table of the entries of exports files, and finds what contradicts itself between lines. Not thread-safe. */
final class ExportTableBuilder {

    private final PathMapping mapping;
    private final List<Diagnostic> diagnostics = new ArrayList<>();

    ExportTableBuilder(PathMapping mapping) {
        this.mapping = mapping;
    }

    /** The table, unless {@link #diagnostics} has an error after this. */
    Optional<ExportTable> build(List<ExportEntry> entries) {
        Map<BytePath, Map<ClientMatch, ExportEntry>> byPath = new LinkedHashMap<>();
        for (ExportEntry entry : entries) {
            ExportEntry first = byPath.computeIfAbsent(entry.path(), path -> new LinkedHashMap<>())
                    .putIfAbsent(entry.client(), entry);
            if (first != null) {
                duplicate(first, entry);
            }
        }
        Map<Integer, ExportEntry> numbers = new HashMap<>();
        List<Export> exports = new ArrayList<>();
        byPath.forEach((path, clients) -> {
            List<ExportEntry> group = List.copyOf(clients.values());
            hidden(group);
            int number = numberOf(path, group);
            ExportEntry other = numbers.putIfAbsent(number, group.get(0));
            if (other != null) {
                collision(number, other, group.get(0));
            }
            exports.add(new Export(path, mapping.directoryOf(path), number, group));
        });
        boolean usable = diagnostics.stream().noneMatch(Diagnostic::isError);
        return usable ? Optional.of(new ExportTable(exports)) : Optional.empty();
    }

    List<Diagnostic> diagnostics() {
        return diagnostics;
    }

    /** As nfs-utils does, the first of two entries for the same client and path counts. */
    private void duplicate(ExportEntry first, ExportEntry second) {
        String client = second.client().text();
        add(
                Severity.WARNING,
                second,
                client + " is named twice for " + second.path() + ": the first counts, at "
                        + first.location().text(),
                "remove one of them");
    }

    /** As nfs-utils does, the first of two networks that hold a client counts, also where the second is the smaller one. */
    private void hidden(List<ExportEntry> group) {
        List<ExportEntry> networks = group.stream()
                .filter(entry -> entry.client() instanceof ClientMatch.Network)
                .toList();
        for (int i = 1; i < networks.size(); i++) {
            ExportEntry second = networks.get(i);
            networks.subList(0, i).stream()
                    .filter(first -> network(first).contains(network(second)))
                    .findFirst()
                    .ifPresent(first -> hidden(first, second));
        }
    }

    private void hidden(ExportEntry first, ExportEntry second) {
        add(
                Severity.WARNING,
                second,
                second.client().text() + " never counts for " + second.path() + ": it lies in "
                        + first.client().text() + ", and of two networks the first counts, at "
                        + first.location().text(),
                "write the smaller network first");
    }

    private static IpNetwork network(ExportEntry entry) {
        return ((ClientMatch.Network) entry.client()).network();
    }

    /** The number given by fsid= of any entry, for all of them; else the one of the path. */
    private int numberOf(BytePath path, List<ExportEntry> group) {
        Optional<ExportEntry> first = group.stream()
                .filter(entry -> entry.options().fsid().isPresent())
                .findFirst();
        if (first.isEmpty()) {
            return ExportNumber.of(path);
        }
        Fsid fsid = first.get().options().fsid().orElseThrow();
        for (ExportEntry entry : group) {
            if (!entry.options().fsid().orElse(fsid).equals(fsid)) {
                add(
                        Severity.ERROR,
                        entry,
                        "another fsid= for " + path + " than at "
                                + first.get().location().text(),
                        "write fsid=" + fsid.text() + " for both, or only once");
            }
        }
        return ExportNumber.of(fsid);
    }

    private void collision(int number, ExportEntry first, ExportEntry second) {
        String shown = Integer.toUnsignedString(number);
        boolean given =
                first.options().fsid().isPresent() && second.options().fsid().isPresent();
        add(
                Severity.ERROR,
                second,
                second.path() + " and " + first.path() + " (" + first.location().fileAndLine()
                        + ") have the same number " + shown + " in file handles",
                given
                        ? "give each its own fsid="
                        : "add fsid=NUMBER, a number of your choice, to the options of one that nobody has mounted");
    }

    private void add(Severity severity, ExportEntry at, String message, String remedy) {
        diagnostics.add(new Diagnostic(severity, at.location(), message, remedy));
    }
}
