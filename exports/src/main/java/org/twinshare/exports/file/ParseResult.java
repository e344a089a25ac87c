package org.twinshare.exports.file;

import java.util.List;
import org.twinshare.exports.Diagnostic;

/**
 * What exports files say, and what is wrong with them.
 *
 * @param entries     in the order of the files; to be used only when there is no error
 * @param diagnostics in the order of the files
 */
public record ParseResult(List<ExportEntry> entries, List<Diagnostic> diagnostics) {

    public ParseResult {
        entries = List.copyOf(entries);
        diagnostics = List.copyOf(diagnostics);
    }

    public boolean hasErrors() {
        return diagnostics.stream().anyMatch(Diagnostic::isError);
    }
}
