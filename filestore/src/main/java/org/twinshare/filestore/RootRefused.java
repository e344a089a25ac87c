package org.twinshare.filestore;

/**
 * A directory is not served, because it is not the one that the state belongs to: serving it could lose files or make
 * clients believe that they are gone. The message says why.
 */
public final class RootRefused extends Exception {
    public RootRefused(String why) {
        super(why);
    }
}
