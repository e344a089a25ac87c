package org.twinshare.client.bench;

import org.twinshare.exports.Problem;

/** A run that could not be made; says what, why and what to do. */
public final class BenchException extends Exception {
    private final transient Problem problem;
    private final boolean unreachable;

    BenchException(Problem problem, boolean unreachable, Throwable cause) {
        super(problem.what(), cause);
        this.problem = problem;
        this.unreachable = unreachable;
    }

    public Problem problem() {
        return problem;
    }

    /** Whether nobody answered at the server's address at all. */
    public boolean isUnreachable() {
        return unreachable;
    }
}
