package org.twinshare.client.node;

import org.twinshare.exports.Problem;

/** Thrown to leave when a command cannot go on: what to tell the user, and which kind of failure it is. */
public final class Failure extends Exception {
    private final transient Problem problem;
    private final Kind kind;

    /** What the exit code says. */
    public enum Kind {
        /** Something did not work. */
        FAILED,
        /** Nothing is wrong here; the server does not answer. */
        UNREACHABLE,
        /** It would have been unsafe. */
        REFUSED,
        /** It did not end in time and may still be going on. */
        TIMED_OUT
    }

    public Failure(Kind kind, String what, String cause, String remedy) {
        super(what);
        this.problem = new Problem(what, cause, remedy);
        this.kind = kind;
    }

    public Problem problem() {
        return problem;
    }

    public Kind kind() {
        return kind;
    }
}
