package org.twinshare.fileserver.command;

/** What the exit code of every command means; {@code twinshare help exit-codes} prints it. */
final class ExitCodes {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int PROBLEMS_FOUND = 3;
    static final int NOT_REACHABLE = 4;
    static final int REFUSED = 5;
    static final int TIMED_OUT = 6;
    static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
