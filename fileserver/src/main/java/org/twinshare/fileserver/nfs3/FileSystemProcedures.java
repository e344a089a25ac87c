package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileSystemSpace;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;

/** FSSTAT, FSINFO and PATHCONF (RFC 1813 sections 3.3.18 to 3.3.20). */
final class FileSystemProcedures {
    private static final int MULTIPLE_BYTES = 4096;
    private static final int LISTING_BYTES = 64 << 10;
    private static final int HAS_HARD_LINKS = 0x1;
    private static final int HAS_SYMBOLIC_LINKS = 0x2;
    private static final int IS_HOMOGENEOUS = 0x8;
    private static final int SETS_TIMES = 0x10;

    private FileSystemProcedures() {}

    private static Request.Target target(Request request, XdrReader in) throws GarbageArguments, NfsException {
        byte[] handle = Wire.readHandle(in);
        in.requireEnd();
        return request.target(handle);
    }

    static void fsstat(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        Request.Target target = target(request, in);
        FileSystemSpace space = request.tree().space(target.caller(), target.id());
        boolean root = target.caller().isRoot();
        Attributes attributes = request.tree().attributes(target.caller(), target.id());
        request.succeed(out);
        request.writeOptional(out, attributes);
        out.writeLong(space.totalBytes());
        out.writeLong(space.freeBytes());
        // Root may use what is kept for root.
        out.writeLong(root ? space.freeBytes() : space.availableBytes());
        out.writeLong(space.totalFiles());
        out.writeLong(space.freeFiles());
        out.writeLong(root ? space.freeFiles() : space.availableFiles());
        out.writeInt(0);
    }

    static void fsinfo(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        Request.Target target = target(request, in);
        FileTree.Limits limits = request.tree().limits(target.caller(), target.id());
        Attributes attributes = request.tree().attributes(target.caller(), target.id());
        int transfer = request.server().maxTransferBytes();
        request.succeed(out);
        request.writeOptional(out, attributes);
        for (int readThenWrite = 0; readThenWrite < 2; readThenWrite++) {
            out.writeInt(transfer);
            out.writeInt(transfer);
            out.writeInt(MULTIPLE_BYTES);
        }
        out.writeInt(LISTING_BYTES);
        out.writeLong(limits.maxFileSizeBytes());
        Wire.writeTime(out, limits.timeDeltaNs());
        out.writeInt(HAS_HARD_LINKS | HAS_SYMBOLIC_LINKS | IS_HOMOGENEOUS | SETS_TIMES);
    }

    static void pathconf(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        Request.Target target = target(request, in);
        FileTree.Limits limits = request.tree().limits(target.caller(), target.id());
        Attributes attributes = request.tree().attributes(target.caller(), target.id());
        request.succeed(out);
        request.writeOptional(out, attributes);
        out.writeInt(limits.maxLinks());
        out.writeInt(Name.MAX_BYTES);
        boolean noTruncation = true;
        boolean chownRestricted = true;
        boolean caseInsensitive = false;
        boolean casePreserving = true;
        out.writeBoolean(noTruncation);
        out.writeBoolean(chownRestricted);
        out.writeBoolean(caseInsensitive);
        out.writeBoolean(casePreserving);
    }
}
