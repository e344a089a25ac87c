package org.twinshare.client.probe;

/**
 * One call message (RFC 5531, 9) whose every field can be chosen, also wrongly. The verifier is AUTH_NONE.
 *
 * @param rpcVersion 2 in an honest call
 * @param arguments  already XDR
 */
public record RpcCall(
        int xid, int rpcVersion, int program, int version, int procedure, Credential credential, Bytes arguments) {

    /** A call of an NFSv3 procedure. */
    public static RpcCall nfs(int xid, Procedure procedure, Credential credential, Bytes arguments) {
        return new RpcCall(xid, 2, Procedure.PROGRAM, Procedure.VERSION, procedure.number(), credential, arguments);
    }

    /** A call of a MOUNT v3 procedure. */
    public static RpcCall mount(int xid, MountProcedure procedure, Credential credential, Bytes arguments) {
        return new RpcCall(
                xid, 2, MountProcedure.PROGRAM, MountProcedure.VERSION, procedure.number(), credential, arguments);
    }

    public RpcCall withRpcVersion(int newRpcVersion) {
        return new RpcCall(xid, newRpcVersion, program, version, procedure, credential, arguments);
    }

    public RpcCall withProgram(int newProgram, int newVersion) {
        return new RpcCall(xid, rpcVersion, newProgram, newVersion, procedure, credential, arguments);
    }

    public RpcCall withProcedure(int newProcedure) {
        return new RpcCall(xid, rpcVersion, program, version, newProcedure, credential, arguments);
    }

    public RpcCall withArguments(Bytes newArguments) {
        return new RpcCall(xid, rpcVersion, program, version, procedure, credential, newArguments);
    }

    /** The message without a record mark. */
    public byte[] toRecord() {
        XdrWriter out = new XdrWriter()
                .putInt(xid)
                .putInt(0)
                .putInt(rpcVersion)
                .putInt(program)
                .putInt(version)
                .putInt(procedure);
        credential.encode(out);
        new Credential.None().encode(out);
        arguments.writeTo(out);
        return out.toArray();
    }
}
