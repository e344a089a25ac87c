package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.twinshare.exports.Diagnostic;

/** What the tests of this package say of a text: its entries, its diagnostics. */
final class Parsed {

    static final String FILE = "/etc/twinshare/exports";

    private Parsed() {}

    static ParseResult parse(String text) {
        return ExportsReader.parse(FILE, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** {@code path client} of each entry of a text without any diagnostic. */
    static List<String> clean(String text) {
        ParseResult result = parse(text);
        assertThat(result.diagnostics()).isEmpty();
        return pathsAndClients(result);
    }

    static List<String> pathsAndClients(ParseResult result) {
        return result.entries().stream()
                .map(entry -> entry.path() + " " + entry.client().text())
                .toList();
    }

    /** {@code line:column severity: message} of each diagnostic. */
    static List<String> found(String text) {
        return parse(text).diagnostics().stream().map(Parsed::line).toList();
    }

    /** The only diagnostic of a text. */
    static Diagnostic only(String text) {
        List<Diagnostic> found = parse(text).diagnostics();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static String line(Diagnostic found) {
        return found.location().line() + ":" + found.location().column() + " "
                + found.severity().word() + ": " + found.message();
    }
}
