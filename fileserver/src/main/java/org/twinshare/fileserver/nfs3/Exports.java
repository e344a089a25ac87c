package org.twinshare.fileserver.nfs3;

import java.net.InetAddress;

/** Says what a client may use. Asked with every call, because a handle outlives the right to use it. Thread-safe. */
public interface Exports {
    /** What a client may do with an export. */
    sealed interface Right {
        /** It may use it like this. */
        record Granted(ExportView view) implements Right {}

        /**
         * It may not.
         *
         * @param status what to answer
         */
        record Refused(Status status) implements Right {}
    }

    /**
     * The right of a client to an export.
     *
     * @param exportNumber from a handle that we sealed once, of an export that may be gone
     */
    Right right(InetAddress client, int clientPort, int exportNumber);
}
