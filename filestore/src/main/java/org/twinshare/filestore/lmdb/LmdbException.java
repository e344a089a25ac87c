package org.twinshare.filestore.lmdb;

/** A function of LMDB failed; the message names it and says in LMDB's words why. */
public final class LmdbException extends RuntimeException {
    private final int code;

    LmdbException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** An errno of the system where it is positive, else one of LMDB's own (lmdb.h, "Return Codes"). */
    public int code() {
        return code;
    }
}
