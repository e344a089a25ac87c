package org.twinshare.client.probe;

/**
 * What a server answered to a call, before the procedure's own results are looked at (RFC 5531, 9). Only
 * {@link Success} carries results; every other form says why there are none.
 */
public sealed interface RpcReply {

    /** Which call is answered. */
    int xid();

    /** SUCCESS: the procedure ran; its results follow, still encoded. */
    record Success(int xid, Bytes results) implements RpcReply {}

    /** PROG_UNAVAIL. */
    record ProgramUnavailable(int xid) implements RpcReply {}

    /** PROG_MISMATCH, with the versions that the server has. */
    record ProgramMismatch(int xid, int low, int high) implements RpcReply {}

    /** PROC_UNAVAIL. */
    record ProcedureUnavailable(int xid) implements RpcReply {}

    /** GARBAGE_ARGS. */
    record GarbageArguments(int xid) implements RpcReply {}

    /** SYSTEM_ERR. */
    record SystemError(int xid) implements RpcReply {}

    /** RPC_MISMATCH, with the RPC versions that the server speaks. */
    record RpcMismatch(int xid, int low, int high) implements RpcReply {}

    /** AUTH_ERROR, with auth_stat: 1 bad credential, 2 rejected credential, 5 too weak (RFC 5531, 9). */
    record AuthenticationError(int xid, int reason) implements RpcReply {}

    /**
     * Reads one reply message.
     *
     * @throws MalformedReplyException when it is not a reply, or not a whole one
     */
    static RpcReply decode(byte[] record) throws MalformedReplyException {
        XdrReader in = new XdrReader(record);
        int xid = in.getInt();
        expect(in, in.getInt() == 1, "a message that is not a reply");
        int state = in.getInt();
        expect(in, state == 0 || state == 1, "a reply_stat that is neither accepted nor denied");
        RpcReply reply = state == 0 ? accepted(in, xid) : denied(in, xid);
        in.expectEnd();
        return reply;
    }

    private static RpcReply accepted(XdrReader in, int xid) throws MalformedReplyException {
        in.getInt();
        in.getOpaque(400);
        int state = in.getInt();
        return switch (state) {
            case 0 -> new Success(xid, in.getRest());
            case 1 -> new ProgramUnavailable(xid);
            case 2 -> new ProgramMismatch(xid, in.getInt(), in.getInt());
            case 3 -> new ProcedureUnavailable(xid);
            case 4 -> new GarbageArguments(xid);
            case 5 -> new SystemError(xid);
            default -> throw in.malformed("an accept_stat of " + state);
        };
    }

    private static RpcReply denied(XdrReader in, int xid) throws MalformedReplyException {
        int state = in.getInt();
        return switch (state) {
            case 0 -> new RpcMismatch(xid, in.getInt(), in.getInt());
            case 1 -> new AuthenticationError(xid, in.getInt());
            default -> throw in.malformed("a reject_stat of " + state);
        };
    }

    private static void expect(XdrReader in, boolean holds, String otherwise) throws MalformedReplyException {
        if (!holds) {
            throw in.malformed(otherwise);
        }
    }
}
