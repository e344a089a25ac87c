package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;

/** LINK (RFC 1813 section 3.3.15). */
final class Link {
    private Link() {}

    static void serve(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException, Procedure.ChangeFailed {
        byte[] handle = Wire.readHandle(in);
        DirectoryEntry entry = DirectoryEntry.decode(in);
        in.requireEnd();
        Request.Target object = request.changing(handle);
        Request.Target directory = request.second(entry.directory());
        Outcome outcome = request.change(
                new Operation.Link(object.caller(), object.id(), directory.id(), Request.name(entry.name())));
        request.require(outcome);
        request.succeed(out);
        request.writeOptional(out, outcome.attributes());
        request.writeWcc(out, outcome.wcc());
    }
}
