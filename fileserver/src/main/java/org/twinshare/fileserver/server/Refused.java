package org.twinshare.fileserver.server;

import org.twinshare.exports.Problem;

/** Something that an operator asked for is not done, and why. */
public final class Refused extends Exception {
    private final transient Problem problem;

    public Refused(Problem problem) {
        super(problem.what() + ": " + problem.cause(), null, false, false);
        this.problem = problem;
    }

    public Refused(String what, String cause, String remedy) {
        this(new Problem(what, cause, remedy));
    }

    /** What, cause and remedy. */
    public Problem problem() {
        return problem;
    }
}
