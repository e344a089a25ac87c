package org.twinshare.filestore;

import java.io.IOException;

/**
 * The native library that the index of files is kept with cannot be loaded on this machine. The message is what is wrong; cause
 * and remedy are beside it.
 */
public final class LibraryMissing extends IOException {
    private final String why;
    private final String remedy;

    public LibraryMissing(String why, String remedy) {
        super("cannot load LMDB, the library of the index of files");
        this.why = why;
        this.remedy = remedy;
    }

    /** The cause, in words. */
    public String why() {
        return why;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }
}
