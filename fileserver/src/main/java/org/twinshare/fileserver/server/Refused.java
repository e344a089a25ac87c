package org.twinshare.fileserver.server;

import org.twinshare.exports.Problem;

/** Something that an operator asked for is not done, and why. */
public final class Refused extends Exception {
    private final transient Problem problem;
    private final boolean forSafety;

    public Refused(Problem problem) {
        this(problem, false);
    }

    private Refused(Problem problem, boolean forSafety) {
        super(problem.what() + ": " + problem.cause(), null, false, false);
        this.problem = problem;
        this.forSafety = forSafety;
    }

    /** It could be done, and data might be lost by it. */
    public static Refused forSafety(Problem problem) {
        return new Refused(problem, true);
    }

    /** Whether it could be done, and is not because data might be lost. */
    public boolean isForSafety() {
        return forSafety;
    }

    public Refused(String what, String cause, String remedy) {
        this(new Problem(what, cause, remedy));
    }

    /** What, cause and remedy. */
    public Problem problem() {
        return problem;
    }
}
