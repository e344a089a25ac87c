package org.twinshare.fileserver.source;

import org.twinshare.exports.Problem;

/** Something asked of a source tree is not done, and why. */
public final class SourceRefused extends Exception {
    /** What the command ends with. */
    public enum Kind {
        /** It was tried and went wrong. */
        FAILED,
        /** It would have harmed the nodes. */
        UNSAFE
    }

    private final transient Problem problem;
    private final Kind kind;

    SourceRefused(Kind kind, String what, String cause, String remedy) {
        super(what + ": " + cause, null, false, false);
        this.problem = new Problem(what, cause, remedy);
        this.kind = kind;
    }

    static SourceRefused failed(String what, String cause, String remedy) {
        return new SourceRefused(Kind.FAILED, what, cause, remedy);
    }

    static SourceRefused unsafe(String what, String cause, String remedy) {
        return new SourceRefused(Kind.UNSAFE, what, cause, remedy);
    }

    public Problem problem() {
        return problem;
    }

    public Kind kind() {
        return kind;
    }
}
