package org.twinshare.fileserver.nfs3;

import java.nio.ByteBuffer;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;

/** WRITE and COMMIT (RFC 1813 sections 3.3.7 and 3.3.21). */
final class Write {
    private static final Stability[] STABILITIES = Stability.values();

    private Write() {}

    /**
     * WRITE3args.
     *
     * @param data a window on the bytes of the call
     */
    record Args(byte[] handle, long offsetBytes, int count, Stability stability, ByteBuffer data) {
        static Args decode(XdrReader in, int maxBytes) throws GarbageArguments {
            Args args = new Args(
                    Wire.readHandle(in),
                    in.readLong(),
                    in.readInt(),
                    STABILITIES[in.readEnum(STABILITIES.length - 1)],
                    in.readOpaqueInPlace(maxBytes));
            in.requireEnd();
            return args;
        }
    }

    static void write(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, NfsException, Procedure.ChangeFailed {
        Args args = Args.decode(in, request.server().maxTransferBytes());
        Request.Target target = request.changing(args.handle);
        if (args.count != args.data.remaining()) {
            throw new NfsException(Status.INVAL);
        }
        // Taken before: after a sync that fails meanwhile these data count as lost too.
        long verifier = request.tree().writeVerifier();
        Outcome outcome = request.change(
                new Operation.Write(target.caller(), target.id(), args.offsetBytes, args.data, args.stability));
        request.require(outcome);
        request.moved(outcome.count());
        request.succeed(out);
        request.writeWcc(out, outcome.wcc());
        out.writeInt(outcome.count());
        out.writeInt(outcome.committed().number());
        out.writeLong(verifier);
    }

    static void commit(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, NfsException, Procedure.ChangeFailed {
        byte[] handle = Wire.readHandle(in);
        long offsetBytes = in.readLong();
        long count = in.readInt() & 0xffffffffL;
        in.requireEnd();
        Request.Target target = request.changing(handle);
        Outcome outcome = request.change(new Operation.Commit(target.caller(), target.id(), offsetBytes, count));
        request.require(outcome);
        request.succeed(out);
        request.writeWcc(out, outcome.wcc());
        out.writeLong(request.tree().writeVerifier());
    }
}
