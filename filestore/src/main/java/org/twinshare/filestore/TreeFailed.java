package org.twinshare.filestore;

/**
 * A tree cannot promise anything any more: whether what was asked for became true will be known after a restart only. Whoever
 * asked gets no answer, and asks again then.
 */
public class TreeFailed extends RuntimeException {
    public TreeFailed(String what) {
        super(what);
    }

    public TreeFailed(String what, Throwable cause) {
        super(what, cause);
    }
}
