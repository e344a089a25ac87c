package org.twinshare.client.command;

import org.twinshare.client.node.Failure;

/** What a command tells the shell with; the same numbers for every command of the project. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int PROBLEMS_FOUND = 3;
    static final int UNREACHABLE = 4;
    static final int REFUSED = 5;
    static final int TIMED_OUT = 6;

    private ExitCode() {}

    static int of(Failure failure) {
        return switch (failure.kind()) {
            case FAILED -> FAILED;
            case UNREACHABLE -> UNREACHABLE;
            case REFUSED -> REFUSED;
            case TIMED_OUT -> TIMED_OUT;
        };
    }
}
