package org.twinshare.fileserver.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Problem;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.names.NameResolver;
import org.twinshare.exports.table.ExportTable;
import org.twinshare.exports.table.ExportTableLoader;
import org.twinshare.exports.table.LoadResult;

/** What is exported when the server starts: one directory to the default clients, or what the exports file says. */
final class FirstTable {
    /** For the names in the file. */
    static final Duration NAMES_WITHIN = Duration.ofSeconds(5);

    private FirstTable() {}

    /** @param warnings takes what the operator should know of the file */
    static ExportTable of(ServeConfig config, NameResolver names, List<String> warnings) throws Refused {
        if (config.directory() != null) {
            return ExportTable.ofDirectory(config.as(), config.directory(), defaultClients());
        }
        LoadResult loaded = ExportTableLoader.load(config.exportsFile(), config.directories(), names, NAMES_WITHIN);
        loaded.diagnostics().forEach(diagnostic -> warnings.add(diagnostic.text()));
        ExportTable table = loaded.table()
                .orElseThrow(() -> new Refused(
                        "the exports file " + config.exportsFile() + " has errors",
                        String.join("\n", texts(loaded)),
                        "mend them; twinshare exports check  shows them again"));
        Optional<Problem> notExported = StartCheck.notExported(config, table);
        if (notExported.isPresent()) {
            throw new Refused(notExported.get());
        }
        return table;
    }

    private static List<String> texts(LoadResult loaded) {
        return loaded.diagnostics().stream()
                .filter(Diagnostic::isError)
                .map(Diagnostic::text)
                .toList();
    }

    /** Loopback and the private networks of this host. */
    static List<IpNetwork> defaultClients() {
        List<IpNetwork> clients = new ArrayList<>();
        clients.add(IpNetwork.of("127.0.0.1"));
        clients.add(IpNetwork.of("::1"));
        HostNetworks.cards().forEach(card -> clients.add(card.network()));
        return clients.stream().distinct().toList();
    }
}
