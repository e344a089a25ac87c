package org.twinshare.client.pull;

import org.twinshare.exports.Problem;

/** A pull that did not happen, or that was refused. The running tree is as it was before. */
public final class PullFailure extends Exception {
    /** What the command ends with. */
    public enum Kind {
        /** It was tried and went wrong. */
        FAILED,
        /** Nobody answers at the server's address. */
        UNREACHABLE,
        /** It would have harmed this node. */
        REFUSED
    }

    private final transient Problem problem;
    private final Kind kind;

    PullFailure(Kind kind, String what, String cause, String remedy) {
        super(what + ": " + cause, null, false, false);
        this.problem = new Problem(what, cause, remedy);
        this.kind = kind;
    }

    static PullFailure refused(String what, String cause, String remedy) {
        return new PullFailure(Kind.REFUSED, "refused: " + what, cause, remedy);
    }

    /** It was tried and went wrong. */
    public static PullFailure failed(String what, String cause, String remedy) {
        return new PullFailure(Kind.FAILED, what, cause, remedy);
    }

    public Problem problem() {
        return problem;
    }

    public Kind kind() {
        return kind;
    }
}
