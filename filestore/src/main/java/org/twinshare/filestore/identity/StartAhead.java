package org.twinshare.filestore.identity;

import org.twinshare.filestore.LibraryMissing;
import org.twinshare.filestore.lmdb.Environment;
import org.twinshare.filestore.posix.OwnProcess;

/**
 * Loads what every tree needs first, the system calls and the library of the index, while the program still reads its
 * command line: that takes longer than all the rest of opening a tree. Whoever begins it waits for it before opening one.
 */
public final class StartAhead {
    private final Thread loading =
            Thread.ofPlatform().daemon().name("start-ahead").unstarted(StartAhead::load);

    private StartAhead() {}

    /** Begins in the background. */
    public static StartAhead begin() {
        StartAhead ahead = new StartAhead();
        ahead.loading.start();
        return ahead;
    }

    /** Waits until all is loaded. What failed to load fails again, with its cause, where it is used. */
    public void await() throws InterruptedException {
        loading.join();
    }

    @SuppressWarnings("EmptyCatch") // where it is used, it is reported
    private static void load() {
        try {
            int unusedUser = OwnProcess.geteuid();
            Environment.loadAhead();
        } catch (LibraryMissing | LinkageError e) {
        }
    }
}
