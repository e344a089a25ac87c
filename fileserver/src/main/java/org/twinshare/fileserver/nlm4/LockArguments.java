package org.twinshare.fileserver.nlm4;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;

/**
 * The XDR types of NLM (XNFS, section 10.1; RFC 1813 section 6.1), within their bounds. All but the cookie are passed over,
 * because no lock is kept. Has no state.
 */
final class LockArguments {
    /** MAXNETOBJ_SZ. */
    private static final int MAX_OBJECT_BYTES = 1024;
    /** LM_MAXSTRLEN, and MAXNAMELEN + 1 below it. */
    private static final int MAX_NAME_BYTES = 1024;

    private static final int LAST_SHARE_MODE = 3;

    private LockArguments() {}

    /** What the reply repeats, so that the client finds what it asked. */
    static byte[] cookie(XdrReader in) throws GarbageArguments {
        return in.readOpaque(MAX_OBJECT_BYTES);
    }

    /** nlm4_lock: caller, handle, owner, process, offset, length. */
    static void skipLock(XdrReader in) throws GarbageArguments {
        skipName(in);
        in.skipOpaque(MAX_OBJECT_BYTES);
        in.skipOpaque(MAX_OBJECT_BYTES);
        in.skipInt();
        in.skipLong();
        in.skipLong();
    }

    /** nlm4_share: caller, handle, owner, mode, access. */
    static void skipShare(XdrReader in) throws GarbageArguments {
        skipName(in);
        in.skipOpaque(MAX_OBJECT_BYTES);
        in.skipOpaque(MAX_OBJECT_BYTES);
        in.readEnum(LAST_SHARE_MODE);
        in.readEnum(LAST_SHARE_MODE);
    }

    static void skipName(XdrReader in) throws GarbageArguments {
        in.skipOpaque(MAX_NAME_BYTES);
    }
}
