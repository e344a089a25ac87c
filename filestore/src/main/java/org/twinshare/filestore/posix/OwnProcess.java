package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.twinshare.filestore.ErrnoException;

/** What this process may do and how it makes files. Thread-safe. */
public final class OwnProcess {
    /** Of the structures of capget(2) with which the kernel has spoken since 2.6.26. */
    private static final int CAPABILITY_VERSION = 0x20080522;

    private static final long CAPABILITY_DATA = 16;
    private static final int CAP_SYS_RESOURCE = 1 << 24;

    private OwnProcess() {}

    /**
     * Whether quotas count for what the calling thread does from now on, and for the threads that it starts, though they are
     * root's: root passes them otherwise (capabilities(7), CAP_SYS_RESOURCE). A platform thread only.
     *
     * @param pass where this process may pass them at all
     * @return whether it passed them until now
     */
    public static boolean passQuotas(boolean pass) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread has no capabilities of its own");
        }
        int before = number("capset", s -> {
            MemorySegment structure = s.structure;
            structure.set(JAVA_INT, 0, CAPABILITY_VERSION);
            structure.set(JAVA_INT, 4, 0);
            long data = s.structureAddress() + CAPABILITY_DATA;
            long failed = s.call(CallNumber.CAPGET, s.structureAddress(), data);
            int effective = structure.get(JAVA_INT, CAPABILITY_DATA);
            int permitted = structure.get(JAVA_INT, CAPABILITY_DATA + 4);
            int wanted = pass ? effective | permitted & CAP_SYS_RESOURCE : effective & ~CAP_SYS_RESOURCE;
            if (failed == 0 && wanted != effective) {
                structure.set(JAVA_INT, CAPABILITY_DATA, wanted);
                failed = s.call(CallNumber.CAPSET, s.structureAddress(), data);
            }
            return failed < 0 ? failed : effective & CAP_SYS_RESOURCE;
        });
        return before != 0;
    }

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
