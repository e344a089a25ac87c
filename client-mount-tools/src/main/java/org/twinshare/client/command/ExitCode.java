package org.twinshare.client.command;

/** What a command tells the shell with; the same numbers for every command of the project. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 4;

    private ExitCode() {}
}
