package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;

/** REMOVE and RMDIR (RFC 1813 sections 3.3.12 and 3.3.13). */
final class Remove {
    private Remove() {}

    static void remove(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        DirectoryEntry what = DirectoryEntry.decode(in);
        in.requireEnd();
        Request.Target directory = request.changing(what.directory());
        answer(request, out, new Operation.Remove(directory.caller(), directory.id(), Request.name(what.name())));
    }

    static void removeDirectory(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        DirectoryEntry what = DirectoryEntry.decode(in);
        in.requireEnd();
        Request.Target directory = request.changing(what.directory());
        answer(
                request,
                out,
                new Operation.RemoveDirectory(directory.caller(), directory.id(), Request.name(what.name())));
    }

    private static void answer(Request request, XdrWriter out, Operation operation) throws Procedure.ChangeFailed {
        Outcome outcome = request.change(operation);
        request.require(outcome);
        request.succeed(out);
        request.writeWcc(out, outcome.wcc());
    }
}
