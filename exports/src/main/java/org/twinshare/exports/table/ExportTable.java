package org.twinshare.exports.table;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Location;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.options.ExportOptions;

/** All exports of a server at one time. Immutable: a reload makes another table. */
public final class ExportTable {

    /** Nothing is exported. */
    public static final ExportTable EMPTY = new ExportTable(List.of());

    private final ImmutableMap<BytePath, Export> byPath;
    private final ImmutableMap<Integer, Export> byNumber;

    /** The exports must have different paths and numbers; {@link ExportTableBuilder} sees to that. */
    ExportTable(List<Export> exports) {
        ImmutableMap.Builder<BytePath, Export> paths = ImmutableMap.builder();
        ImmutableMap.Builder<Integer, Export> numbers = ImmutableMap.builder();
        for (Export export : exports) {
            paths.put(export.path(), export);
            numbers.put(export.number(), export);
        }
        byPath = paths.buildOrThrow();
        byNumber = numbers.buildOrThrow();
    }

    /**
     * The table of one directory without an exports file: read-write, root squashed, for the given networks.
     *
     * @param path      the public path
     * @param directory the real directory
     * @param clients   who may mount it; nobody when empty
     */
    public static ExportTable ofDirectory(BytePath path, BytePath directory, List<IpNetwork> clients) {
        List<ExportEntry> entries = new ArrayList<>();
        for (IpNetwork client : clients) {
            ClientMatch match =
                    client.isSingle() ? new ClientMatch.SingleAddress(client.base()) : new ClientMatch.Network(client);
            String words = path + " " + client.text() + "(rw)";
            entries.add(new ExportEntry(path, match, ExportOptions.DEFAULT_READ_WRITE, Location.ofCommandLine(words)));
        }
        return new ExportTable(List.of(new Export(path, directory, ExportNumber.of(path), entries)));
    }

    /** All exports in the order of the files. */
    public List<Export> exports() {
        return byPath.values().asList();
    }

    /** The export that file handles call so. */
    public Optional<Export> withNumber(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /** The exports that are this path or above it, the longest path first. */
    public List<Export> holding(BytePath path) {
        List<Export> holding = new ArrayList<>();
        BytePath ancestor = path;
        while (true) {
            Export export = byPath.get(ancestor);
            if (export != null) {
                holding.add(export);
            }
            if (ancestor.isRoot()) {
                return holding;
            }
            ancestor = ancestor.parent();
        }
    }

    /** The host names that entries name, to be looked up forwards. */
    public Set<String> hostNames() {
        return clients()
                .filter(ClientMatch.HostName.class::isInstance)
                .map(ClientMatch::text)
                .collect(ImmutableSet.toImmutableSet());
    }

    /** The netgroups that entries name, without the {@code @}. */
    public Set<String> netgroups() {
        return clients()
                .filter(ClientMatch.Netgroup.class::isInstance)
                .map(client -> ((ClientMatch.Netgroup) client).name())
                .collect(ImmutableSet.toImmutableSet());
    }

    private Stream<ClientMatch> clients() {
        return exports().stream().flatMap(export -> export.entries().stream()).map(ExportEntry::client);
    }
}
