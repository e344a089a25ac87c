package org.twinshare.fileserver.rpc;

/** The arguments of a call cannot be decoded (RFC 5531 section 9, GARBAGE_ARGS). Without stack trace: it is cheap to send. */
public final class GarbageArguments extends Exception {
    public GarbageArguments(String what) {
        super(what, null, false, false);
    }
}
