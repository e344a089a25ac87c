package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.RpcProcedure.Execution;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Outcome;

/**
 * One procedure in the dispatch table.
 *
 * @param name       as RFC 1813 writes it
 * @param remembered whether its reply is kept for retransmissions
 * @param failure    what follows the status when it fails
 */
record Procedure(String name, Execution execution, boolean remembered, FailureBody failure, Body body) {

    /** Reads the arguments, does the work and writes status and results; or leaves with what went wrong. */
    interface Body {
        void serve(Request request, XdrReader in, XdrWriter out)
                throws GarbageArguments, ErrnoException, NfsException, ChangeFailed;
    }

    /** A change failed, and its outcome says why and shows the attributes around it. */
    static final class ChangeFailed extends Exception {
        private final transient Outcome outcome;

        ChangeFailed(Outcome outcome) {
            super(null, null, false, false);
            this.outcome = outcome;
        }

        Outcome outcome() {
            return outcome;
        }
    }
}
