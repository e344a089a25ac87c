package org.twinshare.fileserver.server;

import java.util.ArrayList;
import java.util.List;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.Export;
import org.twinshare.exports.table.ExportTable;

/** Says what clients will not see: other file systems that are mounted below an exported directory. Has no state. */
final class Crossing {
    private static final int MOST_SHOWN = 3;

    private Crossing() {}

    /** One warning for each export that has other file systems below it, or asks for them to be entered. */
    static List<String> warnings(ExportTable table, MountTable mounted) {
        List<String> warnings = new ArrayList<>();
        for (Export export : table.exports()) {
            List<BytePath> hidden = mounted.below(export.directory()).stream()
                    .filter(point -> table.exports().stream()
                            .noneMatch(other -> other.directory().equals(point)))
                    .toList();
            boolean asked = export.entries().stream()
                    .anyMatch(entry ->
                            entry.options().crossmnt() || !entry.options().hide());
            if (!hidden.isEmpty()) {
                warnings.add("warning: clients of " + export.path() + " do not see what is mounted on " + shown(hidden)
                        + "\nremedy: export it with a line of its own, and mount it on the clients too");
            } else if (asked) {
                warnings.add("warning: the options crossmnt and nohide of " + export.path()
                        + " have no effect: other file systems below it are not entered"
                        + "\nremedy: export each with a line of its own, and mount it on the clients too");
            }
        }
        return warnings;
    }

    private static String shown(List<BytePath> points) {
        String first = String.join(
                ", ", points.stream().limit(MOST_SHOWN).map(BytePath::toString).toList());
        return points.size() <= MOST_SHOWN ? first : first + " and " + (points.size() - MOST_SHOWN) + " more";
    }
}
