package org.twinshare.fileserver.nfs3;

import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.Call;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Wcc;

/** One call on its way through its procedure: resolves handles, and knows the export that they lie in. One thread. */
final class Request {
    private final Nfs3 server;
    private final Call call;
    private final FileTree tree;
    private @Nullable ExportView view;
    private @Nullable Target target;
    private @Nullable Target second;
    private int bytes;

    /** An object that a handle names, and who asks for it. */
    record Target(FileHandle handle, Caller caller) {
        long id() {
            return handle.fileId();
        }
    }

    Request(Nfs3 server, Call call) {
        this.server = server;
        this.call = call;
        this.tree = call.mayWait() ? server.tree() : server.tree().cached();
    }

    Call call() {
        return call;
    }

    FileTree tree() {
        return tree;
    }

    Nfs3 server() {
        return server;
    }

    /** The object of the handle that the procedure is about: the one whose attributes a failure shows. */
    Target target(byte[] handle) throws NfsException {
        Target resolved = resolve(handle);
        target = resolved;
        return resolved;
    }

    /** As {@link #target}, for a procedure that changes something. */
    Target changing(byte[] handle) throws NfsException {
        Target resolved = target(handle);
        if (view().readOnly()) {
            throw new NfsException(Status.ROFS);
        }
        return resolved;
    }

    /** The object of a second handle, which must lie in the same export. */
    Target second(byte[] handle) throws NfsException {
        int first = view().number();
        FileHandle decoded = server.handles().decode(handle);
        if (decoded.exportNumber() != first) {
            throw new NfsException(Status.XDEV);
        }
        Target resolved = resolve(handle);
        second = resolved;
        return resolved;
    }

    private Target resolve(byte[] bytes) throws NfsException {
        FileHandle handle = server.handles().decode(bytes);
        Exports.Right right = server.exports().right(call.client(), call.clientPort(), handle.exportNumber());
        return switch (right) {
            case Exports.Right.Refused refused -> throw new NfsException(refused.status());
            case Exports.Right.Granted granted -> {
                view = granted.view();
                yield new Target(handle, granted.view().caller(call.credential()));
            }
        };
    }

    /** The export of the first handle. */
    ExportView view() {
        if (view == null) {
            throw new IllegalStateException("no handle was resolved yet");
        }
        return view;
    }

    /** The export of the first handle, for the counters. */
    long exportNumber() {
        return view == null ? Nfs3.NO_EXPORT : view.number() & 0xffffffffL;
    }

    /** Data were read or written. */
    void moved(int dataBytes) {
        bytes = dataBytes;
    }

    int bytes() {
        return bytes;
    }

    private long fsid() {
        return view == null ? 0 : view.fsid();
    }

    static Name name(byte[] bytes) throws ErrnoException {
        return Name.of(bytes, 0, bytes.length);
    }

    /** Carries out a change; a failure is in the outcome. */
    Outcome change(Operation operation) {
        CallId id = server.callId(call);
        Outcome known = tree.outcomeOf(id);
        return known == null ? tree.change(id, operation) : known;
    }

    /** Leaves the procedure when a change failed. */
    void require(Outcome outcome) throws Procedure.ChangeFailed {
        if (outcome.error() != null) {
            throw new Procedure.ChangeFailed(outcome);
        }
    }

    /** Begins the results of a procedure that succeeded. */
    void succeed(XdrWriter out) {
        out.writeInt(Status.OK.number());
    }

    void writeAttributes(XdrWriter out, Attributes attributes) {
        Wire.writeAttributes(out, attributes, fsid());
    }

    void writeOptional(XdrWriter out, @Nullable Attributes attributes) {
        Wire.writeOptional(out, attributes, fsid());
    }

    void writeWcc(XdrWriter out, Wcc wcc) {
        Wire.writeWcc(out, wcc, fsid());
    }

    /** post_op_fh3 of an object in the same export. */
    void writeHandle(XdrWriter out, long id) {
        out.writeBoolean(true);
        out.writeOpaque(server.handles().encode(new FileHandle(view().number(), id)));
    }

    /** The attributes that a failure shows, where they can be had. */
    @Nullable Attributes attributesForFailure() {
        return attributesOf(target);
    }

    /** What a failure says of the first object: what the change found, or, when it came to none, how the object is. */
    Wcc wccForFailure(Wcc found) {
        return wccOf(found, target);
    }

    /** The same of the second object. */
    Wcc secondWccForFailure(Wcc found) {
        return wccOf(found, second);
    }

    private Wcc wccOf(Wcc found, @Nullable Target unchanged) {
        if (!found.equals(Wcc.NONE)) {
            return found;
        }
        Attributes attributes = attributesOf(unchanged);
        return attributes == null ? Wcc.NONE : Wcc.unchanged(attributes);
    }

    private @Nullable Attributes attributesOf(@Nullable Target shown) {
        if (shown == null) {
            return null;
        }
        try {
            return tree.attributes(shown.caller(), shown.id());
        } catch (ErrnoException e) {
            return null;
        }
    }
}
