package org.twinshare.exports.table;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Diagnostic.Severity;
import org.twinshare.exports.Location;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.file.ExportsReader;
import org.twinshare.exports.file.ParseResult;
import org.twinshare.exports.names.NameResolver;

/** Makes a table of exports files: reads, checks and looks up the names in them. Stateless. */
public final class ExportTableLoader {

    private ExportTableLoader() {}

    /** Reads and checks the files as {@link ExportsReader#read} finds them, without asking for any name. */
    public static LoadResult check(Path file, PathMapping mapping) {
        return build(file, ExportsReader.read(file), mapping);
    }

    /**
     * As {@link #check}, and looks up the host names and netgroups of the table. One that is not found within
     * {@code atMost} is a warning: it lets nobody in, and is tried again in the background.
     */
    public static LoadResult load(Path file, PathMapping mapping, NameResolver names, Duration atMost) {
        LoadResult checked = check(file, mapping);
        if (checked.table().isEmpty()) {
            return checked;
        }
        ExportTable table = checked.table().get();
        Map<String, String> missing = names.prepare(table.hostNames(), table.netgroups(), atMost);
        List<Diagnostic> diagnostics = new ArrayList<>(checked.diagnostics());
        missing.forEach((name, why) -> diagnostics.add(notFound(table, name, why)));
        return new LoadResult(checked.table(), diagnostics);
    }

    /** Makes a table of what was read already; {@code file} is named where the whole of it is meant. */
    static LoadResult build(Path file, ParseResult parsed, PathMapping mapping) {
        List<Diagnostic> diagnostics = new ArrayList<>(parsed.diagnostics());
        if (parsed.hasErrors()) {
            return new LoadResult(Optional.empty(), diagnostics);
        }
        ExportTableBuilder builder = new ExportTableBuilder(mapping);
        Optional<ExportTable> table = builder.build(parsed.entries());
        diagnostics.addAll(builder.diagnostics());
        if (parsed.entries().isEmpty()) {
            diagnostics.add(new Diagnostic(
                    Severity.WARNING,
                    Location.ofFile(file.toString()),
                    "nothing is exported",
                    "add a line such as  /localData 192.168.1.2(rw)"));
        }
        return new LoadResult(table, diagnostics);
    }

    private static Diagnostic notFound(ExportTable table, String name, String why) {
        Location first = table.exports().stream()
                .flatMap(export -> export.entries().stream())
                .filter(entry -> entry.client().text().equals(name))
                .map(ExportEntry::location)
                .findFirst()
                .orElseThrow();
        boolean netgroup = name.startsWith("@");
        String query = netgroup ? "getent netgroup " + name.substring(1) : "getent ahosts " + name;
        return new Diagnostic(
                Severity.WARNING,
                first,
                (netgroup ? "netgroup " : "host ") + name + " is not found: " + why + "; it lets nobody in until it is",
                "see what the name service says:  " + query);
    }
}
