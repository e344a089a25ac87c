package org.twinshare.fileserver.nfs3;

import java.nio.ByteBuffer;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.WouldBlock;

/** READ (RFC 1813 section 3.3.6). The bytes go from the page cache straight to their place in the reply. */
final class Read {
    /** Status, attributes, count and eof lie before the data. */
    private static final int BEFORE_DATA_BYTES = 4 + 4 + Wire.ATTRIBUTES_BYTES + 4 + 4;
    /** More is not read on a thread that others wait for. */
    private static final int AT_ONCE_BYTES = 32 << 10;

    private Read() {}

    static void serve(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        byte[] handle = Wire.readHandle(in);
        long offsetBytes = in.readLong();
        int wanted = in.readInt();
        in.requireEnd();
        Request.Target target = request.target(handle);
        int count = Integer.compareUnsigned(wanted, request.server().maxTransferBytes()) > 0
                ? request.server().maxTransferBytes()
                : wanted;
        reserve(request, count);
        int begin = out.skip(BEFORE_DATA_BYTES);
        ByteBuffer data = out.roomForOpaque(count);
        FileTree.ReadEnd end = request.tree().read(target.caller(), target.id(), offsetBytes, data);
        out.filled(data.position());
        request.moved(data.position());
        int after = out.position();
        out.position(begin);
        request.succeed(out);
        request.writeOptional(out, end.object());
        out.writeInt(data.position());
        out.writeBoolean(end.endOfFile());
        out.position(after);
    }

    private static void reserve(Request request, int count) {
        if (count <= AT_ONCE_BYTES) {
            return;
        }
        if (!request.call().mayWait()) {
            throw WouldBlock.INSTANCE;
        }
        request.call().reserveReply(count);
    }
}
