package org.twinshare.exports.table;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.options.MountPoint;

/**
 * One exported path with all its clients. Immutable.
 *
 * @param path      the public path, which clients mount
 * @param directory the real directory it stands for
 * @param number    what file handles call it, an unsigned 32-bit number; no two exports of a table share one
 * @param entries   in order of precedence; equal ones in the order of the files
 */
public record Export(BytePath path, BytePath directory, int number, List<ExportEntry> entries) {

    public Export {
        // The sort is stable: what exports(5) leaves to the order on the line stays in that order.
        entries = entries.stream()
                .sorted(Comparator.comparing(ExportEntry::client, ClientMatch.BY_PRECEDENCE))
                .toList();
    }

    /** The real directory that must be a mount point for this entry to be served; none without the option mp. */
    public Optional<BytePath> requiredMountPoint(ExportEntry entry) {
        return switch (entry.options().mountPoint()) {
            case MountPoint.NotRequired none -> Optional.empty();
            case MountPoint.ExportedDirectory self -> Optional.of(directory);
            case MountPoint.At at -> Optional.of(at.path());
        };
    }
}
