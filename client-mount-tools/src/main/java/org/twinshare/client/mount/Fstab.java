package org.twinshare.client.mount;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** /etc/fstab (fstab(5)) as text: what it says of a mount point, and a line of ours added to it. Immutable. */
record Fstab(String text) {
    static final Path FILE = Path.of("/etc/fstab");

    /** Where something is mounted at boot, and by which line. */
    record Entry(int lineNumber, String line) {}

    /** The line for a share. bg: the boot goes on while the server is away, and mount(8) tries on. */
    static String line(Share share, String options) {
        return escaped(share.source()) + "  " + escaped(share.mountPoint().toString()) + "  nfs  " + options
                + ",_netdev,nofail,bg  0  0";
    }

    Optional<Entry> entryOf(Path mountPoint) {
        List<String> lines = text.lines().toList();
        for (int at = 0; at < lines.size(); at++) {
            List<String> fields =
                    Splitter.onPattern("\\s+").splitToList(lines.get(at).strip());
            boolean named = fields.size() > 2
                    && !fields.getFirst().startsWith("#")
                    && fields.get(1).equals(escaped(mountPoint.toString()));
            if (named) {
                return Optional.of(new Entry(at + 1, lines.get(at)));
            }
        }
        return Optional.empty();
    }

    Fstab with(String line) {
        String ended = text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
        return new Fstab(ended + line + "\n");
    }

    private static String escaped(String field) {
        return field.replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("#", "\\043");
    }
}
