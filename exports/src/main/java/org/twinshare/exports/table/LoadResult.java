package org.twinshare.exports.table;

import java.util.List;
import java.util.Optional;
import org.twinshare.exports.Diagnostic;

/**
 * What came of loading exports files.
 *
 * @param table       the table; empty when there is an error
 * @param diagnostics all that is wrong or doubtful, in the order of the files
 */
public record LoadResult(Optional<ExportTable> table, List<Diagnostic> diagnostics) {

    public LoadResult {
        diagnostics = List.copyOf(diagnostics);
    }

    public boolean hasErrors() {
        return table.isEmpty();
    }
}
