package org.twinshare.fileserver.nfs3;

import org.twinshare.exports.options.Credential;
import org.twinshare.filestore.Caller;

/**
 * One export as one client may use it. Thread-safe.
 */
public interface ExportView {
    /** Number of the export in file handles. */
    int number();

    /** Identifies the file system to clients (RFC 1813 section 2.5, fattr3.fsid). */
    long fsid();

    boolean readOnly();

    /** Whether READDIRPLUS is refused (exports(5), nordirplus). */
    boolean noReaddirPlus();

    /** Who the client's user is here, after squashing. */
    Caller caller(Credential credential);
}
