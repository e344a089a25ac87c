package org.twinshare.exports.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.file.ExportsReader;
import org.twinshare.exports.names.KnownNames;
import org.twinshare.exports.table.Decision.Allowed;
import org.twinshare.exports.table.Decision.Pending;
import org.twinshare.exports.table.Decision.Refused;

/** Tables and decisions as short texts, for the tests of this package. */
final class Tables {

    static final int PRIVILEGED_PORT = 700;

    private Tables() {}

    static LoadResult load(String text) {
        return load(text, PathMapping.NONE);
    }

    static LoadResult load(String text, PathMapping mapping) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ExportTableLoader.build(Path.of("exports"), ExportsReader.parse("exports", bytes), mapping);
    }

    /** The table of a text without errors. */
    static ExportTable table(String text) {
        LoadResult result = load(text);
        assertThat(result.hasErrors()).as("%s", result.diagnostics()).isFalse();
        return result.table().orElseThrow();
    }

    static InetAddress ip(String address) {
        return InetAddresses.forString(address);
    }

    /** {@code path client} of the entry that allows it, or the reason of the refusal, or {@code PENDING path}. */
    static String decide(ExportTable table, KnownNames names, String address, String path) {
        ClientRights rights = ClientRights.decide(ip(address), table, names, () -> true);
        return shown(rights.onPath(BytePath.of(path), PRIVILEGED_PORT));
    }

    static String decide(String table, String address, String path) {
        return decide(table(table), KnownNames.NONE, address, path);
    }

    static String shown(Decision decision) {
        return switch (decision) {
            case Allowed allowed ->
                allowed.export().path() + " " + allowed.entry().client().text();
            case Refused refused -> refused.reason().toString();
            case Pending pending -> "PENDING " + pending.export().path();
        };
    }
}
