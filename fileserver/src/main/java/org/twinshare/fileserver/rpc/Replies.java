package org.twinshare.fileserver.rpc;

import org.dcache.oncrpc4j.rpc.RpcAccepsStatus;
import org.dcache.oncrpc4j.rpc.RpcAuthType;
import org.dcache.oncrpc4j.rpc.RpcMessageType;
import org.dcache.oncrpc4j.rpc.RpcRejectStatus;
import org.dcache.oncrpc4j.rpc.RpcReplyStatus;

/** Writes the headers of replies (RFC 5531 section 9, reply_body). Has no state. */
final class Replies {
    /** Bytes of an accepted reply before its results, without the record mark. */
    static final int ACCEPTED_BYTES = 24;

    private static final int RPC_VERSION = 2;

    private Replies() {}

    private static void accepted(XdrWriter out, int xid, int status) {
        out.writeInt(xid);
        out.writeInt(RpcMessageType.REPLY);
        out.writeInt(RpcReplyStatus.MSG_ACCEPTED);
        out.writeInt(RpcAuthType.NONE);
        out.writeInt(0);
        out.writeInt(status);
    }

    /** The results follow. */
    static void success(XdrWriter out, int xid) {
        accepted(out, xid, RpcAccepsStatus.SUCCESS);
    }

    static void programUnavailable(XdrWriter out, int xid) {
        accepted(out, xid, RpcAccepsStatus.PROG_UNAVAIL);
    }

    static void programMismatch(XdrWriter out, int xid, int lowest, int highest) {
        accepted(out, xid, RpcAccepsStatus.PROG_MISMATCH);
        out.writeInt(lowest);
        out.writeInt(highest);
    }

    static void procedureUnavailable(XdrWriter out, int xid) {
        accepted(out, xid, RpcAccepsStatus.PROC_UNAVAIL);
    }

    static void garbageArguments(XdrWriter out, int xid) {
        accepted(out, xid, RpcAccepsStatus.GARBAGE_ARGS);
    }

    static void systemError(XdrWriter out, int xid) {
        accepted(out, xid, RpcAccepsStatus.SYSTEM);
    }

    private static void denied(XdrWriter out, int xid, int reason) {
        out.writeInt(xid);
        out.writeInt(RpcMessageType.REPLY);
        out.writeInt(RpcReplyStatus.MSG_DENIED);
        out.writeInt(reason);
    }

    static void rpcMismatch(XdrWriter out, int xid) {
        denied(out, xid, RpcRejectStatus.RPC_MISMATCH);
        out.writeInt(RPC_VERSION);
        out.writeInt(RPC_VERSION);
    }

    static void badCredential(XdrWriter out, int xid, int reason) {
        denied(out, xid, RpcRejectStatus.AUTH_ERROR);
        out.writeInt(reason);
    }
}
