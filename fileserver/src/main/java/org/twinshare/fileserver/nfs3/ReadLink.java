package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;

/** READLINK (RFC 1813 section 3.3.5). */
final class ReadLink {
    private ReadLink() {}

    static void serve(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        byte[] handle = Wire.readHandle(in);
        in.requireEnd();
        Request.Target target = request.target(handle);
        FileTree.LinkTarget link = request.tree().readlink(target.caller(), target.id());
        request.succeed(out);
        request.writeOptional(out, link.object());
        out.writeOpaque(link.bytes());
    }
}
