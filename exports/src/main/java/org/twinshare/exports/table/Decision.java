package org.twinshare.exports.table;

import java.util.Optional;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.options.ExportOptions;

/** What the table says to a client about an export. */
public sealed interface Decision {

    /** The client may use the export, as {@code entry} says. */
    record Allowed(Export export, ExportEntry entry) implements Decision {

        /** The options that count. */
        public ExportOptions options() {
            return entry.options();
        }
    }

    /** The client may not. {@code export} is the one that would be meant, if there is one. */
    record Refused(Reason reason, Optional<Export> export) implements Decision {}

    /**
     * Not decided: an entry that would count before all that are known to match needs a name that is being looked up.
     * Ask again when {@link CurrentExports#rightsOnceKnown} completes; until then NFS3ERR_JUKEBOX makes a client wait.
     */
    record Pending(Export export) implements Decision {}

    /** Which rule refused. */
    enum Reason {
        /** No export is the path or lies above it, or the export of a file handle is gone. */
        NOT_EXPORTED,
        /** There is an export, and none of its clients matches. */
        NO_CLIENT_MATCHES,
        /** The entry says {@code secure}, and the call came from port 1024 or above. */
        UNPRIVILEGED_PORT
    }
}
