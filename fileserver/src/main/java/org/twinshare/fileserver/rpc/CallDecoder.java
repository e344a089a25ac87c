package org.twinshare.fileserver.rpc;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.ByteBuffer;
import org.dcache.oncrpc4j.rpc.RpcAuthStat;
import org.dcache.oncrpc4j.rpc.RpcAuthType;
import org.dcache.oncrpc4j.rpc.RpcMessageType;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.options.Credential;

/**
 * Decodes the header of a call (RFC 5531 section 9). A connection keeps one, because most calls of a client carry the
 * credential of the call before. Not thread-safe.
 */
final class CallDecoder {
    private static final int RPC_VERSION = 2;
    /** RFC 5531 section 8.2: the body of a credential or verifier. */
    private static final int MAX_AUTH_BYTES = 400;
    /** RFC 5531 section 14, authsys_parms. */
    private static final int MAX_MACHINE_NAME_BYTES = 255;

    private static final int MAX_GROUPS = 16;
    private static final Credential NOBODY = new Credential.AuthNone();

    private ByteBuffer lastCredentialBytes = ByteBuffer.allocate(0);
    private Credential lastCredential = NOBODY;

    /** What a record turned out to be. */
    sealed interface Decoded {
        /** A call; the position of the bytes is at its arguments. */
        record Good(CallHeader header) implements Decoded {}

        /** A call in another version of RPC than 2. */
        record OtherRpcVersion(int xid) implements Decoded {}

        /**
         * A call with a credential that is not accepted.
         *
         * @param reason auth_stat of RFC 5531 section 9
         */
        record BadCredential(int xid, int reason) implements Decoded {}

        /** No call at all: there is nobody to answer to. */
        record Hopeless(String why) implements Decoded {}
    }

    /** Decodes the header of the record at the buffer's position. */
    Decoded decode(ByteBuffer record) {
        if (record.remaining() < 8) {
            return new Decoded.Hopeless("a record of " + record.remaining() + " bytes");
        }
        int xid = record.getInt();
        int type = record.getInt();
        if (type != RpcMessageType.CALL) {
            return new Decoded.Hopeless("message type " + type + " where a call is expected");
        }
        if (record.remaining() < 16) {
            return new Decoded.Hopeless("a call that ends in its header");
        }
        if (record.getInt() != RPC_VERSION) {
            return new Decoded.OtherRpcVersion(xid);
        }
        int program = record.getInt();
        int version = record.getInt();
        int procedure = record.getInt();
        Credential credential = credential(record);
        if (credential == null) {
            return new Decoded.BadCredential(xid, RpcAuthStat.AUTH_BADCRED);
        }
        if (!skipVerifier(record)) {
            return new Decoded.BadCredential(xid, RpcAuthStat.AUTH_BADVERF);
        }
        return new Decoded.Good(new CallHeader(xid, program, version, procedure, credential));
    }

    /** Null for one that is not accepted. */
    private @Nullable Credential credential(ByteBuffer record) {
        if (record.remaining() < 8) {
            return null;
        }
        int begin = record.position();
        int flavor = record.getInt();
        int length = record.getInt();
        if (length < 0 || length > MAX_AUTH_BYTES || (length & 3) != 0 || record.remaining() < length) {
            return null;
        }
        record.position(record.position() + length);
        if (flavor == RpcAuthType.NONE) {
            return NOBODY;
        }
        if (flavor != RpcAuthType.UNIX) {
            return null;
        }
        return system(record.slice(begin, 8 + length));
    }

    private @Nullable Credential system(ByteBuffer bytes) {
        if (bytes.equals(lastCredentialBytes)) {
            return lastCredential;
        }
        Credential credential = decodeSystem(bytes.duplicate().position(8));
        if (credential != null) {
            lastCredentialBytes = ByteBuffer.allocate(bytes.remaining())
                    .put(bytes.duplicate())
                    .flip();
            lastCredential = credential;
        }
        return credential;
    }

    /** Stamp, machine name, uid, gid, groups (RFC 5531 section 14). */
    private static @Nullable Credential decodeSystem(ByteBuffer body) {
        XdrReader in = new XdrReader(body);
        try {
            in.skipInt();
            in.skipOpaque(MAX_MACHINE_NAME_BYTES);
            int uid = in.readInt();
            int gid = in.readInt();
            int[] groups = in.readInts(MAX_GROUPS);
            in.requireEnd();
            return new Credential.AuthSys(uid, gid, ImmutableIntArray.copyOf(groups));
        } catch (GarbageArguments e) {
            return null;
        }
    }

    /** With AUTH_SYS and AUTH_NONE the verifier is empty. */
    private static boolean skipVerifier(ByteBuffer record) {
        if (record.remaining() < 8) {
            return false;
        }
        int flavor = record.getInt();
        int length = record.getInt();
        return flavor == RpcAuthType.NONE && length == 0;
    }
}
