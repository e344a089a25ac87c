package org.twinshare.exports.table;

import com.google.common.base.Strings;
import java.util.List;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.file.ExportEntry;

/**
 * The table as a list, one row for each client of each export, as {@code exportfs -v} shows it.
 *
 * @param rows in the order of the files; the clients of an export in order of precedence
 */
public record ExportList(List<Row> rows) {

    public ExportList {
        rows = List.copyOf(rows);
    }

    /** One client of one export, all options written out. */
    public record Row(BytePath path, BytePath directory, String client, String options) {}

    /** All of a table. */
    public static ExportList of(ExportTable table) {
        return new ExportList(table.exports().stream()
                .flatMap(export -> export.entries().stream().map(entry -> row(export, entry)))
                .toList());
    }

    /** Lines that an exports file could hold, the paths in one column; a directory of another name as a comment. */
    public String text() {
        int width = rows.stream()
                .mapToInt(row -> row.path.toString().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(Strings.padEnd(row.path.toString(), width, ' '))
                    .append("  ")
                    .append(row.client)
                    .append('(')
                    .append(row.options)
                    .append(')');
            if (!row.directory.equals(row.path)) {
                text.append("  # the directory ").append(row.directory);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static Row row(Export export, ExportEntry entry) {
        return new Row(
                export.path(),
                export.directory(),
                entry.client().text(),
                entry.options().text());
    }
}
