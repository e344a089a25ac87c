package org.twinshare.fileserver.server;

import java.io.IOException;
import java.nio.file.Path;
import org.twinshare.exports.Problem;
import org.twinshare.filestore.LibraryMissing;

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

    /** What is kept in the state directory cannot be opened. */
    static Refused ofState(Path state, IOException failure) {
        if (failure instanceof LibraryMissing missing) {
            return new Refused(String.valueOf(missing.getMessage()), missing.why(), missing.remedy());
        }
        return new Refused(
                "cannot start with the state directory " + state,
                failure.getClass().getSimpleName() + ": " + failure.getMessage(),
                "see whether its disk is full or damaged");
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
