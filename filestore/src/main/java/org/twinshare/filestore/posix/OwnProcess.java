package org.twinshare.filestore.posix;

import org.twinshare.filestore.ErrnoException;

/** What this process may do and how it makes files. Thread-safe. */
public final class OwnProcess {
    private OwnProcess() {}

    private static int number(String name, SystemCall call) {
        try {
            return (int) SystemCall.run(name, call);
        } catch (ErrnoException cannotFail) {
            throw new IllegalStateException(name, cannotFail);
        }
    }

    /** Sets the file mode creation mask; returns the old one. */
    public static int umask(int mask) {
        return number("umask", s -> s.call(CallNumber.UMASK, mask));
    }

    /** The user whose rights this process has, as an unsigned number in an int. */
    public static int geteuid() {
        return (int) unsigned("geteuid", s -> s.call(CallNumber.GETEUID, 0));
    }

    /** The group whose rights this process has, as an unsigned number in an int. */
    public static int getegid() {
        return (int) unsigned("getegid", s -> s.call(CallNumber.GETEGID, 0));
    }

    private static long unsigned(String name, SystemCall call) {
        return number(name, s -> call.on(s) & 0x7fffffffL);
    }
}
