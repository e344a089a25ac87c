package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;

/** LOOKUP (RFC 1813 section 3.3.3). */
final class Lookup {
    private Lookup() {}

    static void serve(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        DirectoryEntry what = DirectoryEntry.decode(in);
        in.requireEnd();
        Request.Target directory = request.target(what.directory());
        FileTree.Found found = request.tree().lookup(directory.caller(), directory.id(), Request.name(what.name()));
        request.succeed(out);
        out.writeOpaque(request.server()
                .handles()
                .encode(directory.handle().sibling(found.object().id())));
        request.writeOptional(out, found.object());
        request.writeOptional(out, found.directory());
    }
}
