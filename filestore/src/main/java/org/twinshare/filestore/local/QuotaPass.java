package org.twinshare.filestore.local;

import org.twinshare.filestore.posix.OwnProcess;

/**
 * While it is open, what the thread does that took it passes quotas: for changes that were decided when there was room for them,
 * by this server before a crash, or by another one. A platform thread's only.
 */
public final class QuotaPass implements AutoCloseable {
    private final boolean before = OwnProcess.passQuotas(true);

    private QuotaPass() {}

    /** For the calling thread. */
    public static QuotaPass take() {
        return new QuotaPass();
    }

    @Override
    public void close() {
        boolean unusedPassed = OwnProcess.passQuotas(before);
    }
}
