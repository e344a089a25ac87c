package org.twinshare.fileserver.nfs3;

import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Access;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;

/** GETATTR, SETATTR and ACCESS (RFC 1813 sections 3.3.1, 3.3.2 and 3.3.4). */
final class AttributeProcedures {
    private static final int CHANGING_RIGHTS = Access.MODIFY | Access.EXTEND | Access.DELETE;

    private AttributeProcedures() {}

    static void getAttributes(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        byte[] handle = Wire.readHandle(in);
        in.requireEnd();
        Request.Target target = request.target(handle);
        Attributes attributes = request.tree().attributes(target.caller(), target.id());
        request.succeed(out);
        request.writeAttributes(out, attributes);
    }

    /** SETATTR3args. */
    record SetArgs(
            byte[] handle,
            SetAttributes attributes,
            @Nullable Long guardNs) {
        static SetArgs decode(XdrReader in) throws GarbageArguments {
            SetArgs args = new SetArgs(Wire.readHandle(in), Wire.readSetAttributes(in), Wire.readGuard(in));
            in.requireEnd();
            return args;
        }
    }

    static void setAttributes(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, NfsException, Procedure.ChangeFailed {
        SetArgs args = SetArgs.decode(in);
        Request.Target target = request.changing(args.handle);
        Outcome outcome =
                request.change(new Operation.SetAttr(target.caller(), target.id(), args.attributes, args.guardNs));
        request.require(outcome);
        request.succeed(out);
        request.writeWcc(out, outcome.wcc());
    }

    static void access(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        byte[] handle = Wire.readHandle(in);
        int wanted = in.readInt();
        in.requireEnd();
        Request.Target target = request.target(handle);
        FileTree.Granted granted = request.tree().access(target.caller(), target.id(), wanted);
        int bits = request.view().readOnly() ? granted.bits() & ~CHANGING_RIGHTS : granted.bits();
        request.succeed(out);
        request.writeOptional(out, granted.object());
        out.writeInt(bits);
    }
}
