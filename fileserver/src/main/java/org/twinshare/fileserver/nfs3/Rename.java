package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;

/** RENAME (RFC 1813 section 3.3.14). */
final class Rename {
    private Rename() {}

    static void serve(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        DirectoryEntry from = DirectoryEntry.decode(in);
        DirectoryEntry to = DirectoryEntry.decode(in);
        in.requireEnd();
        Request.Target source = request.changing(from.directory());
        Request.Target target = request.second(to.directory());
        Outcome outcome = request.change(new Operation.Rename(
                source.caller(), source.id(), Request.name(from.name()), target.id(), Request.name(to.name())));
        request.require(outcome);
        request.succeed(out);
        request.writeWcc(out, outcome.wcc());
        request.writeWcc(out, outcome.otherWcc());
    }
}
