package org.twinshare.fileserver.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a thread ends that should not. A platform thread has work of its own that nobody else would go on with,
 * such as writing the journal: the server ends, because one that answers half of what it is asked is worse than one that is
 * started again. A virtual thread works for one call or one connection, and for no other.
 */
public final class UncaughtFailure implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(UncaughtFailure.class);

    private final Runnable end;

    /** @param end ends the process without a word to anybody, as a crash does: the journal has what was answered */
    public UncaughtFailure(Runnable end) {
        this.end = end;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        if (thread.isVirtual()) {
            LOG.error("The work of one call or connection failed; this is a fault of the server", failure);
            return;
        }
        try {
            LOG.error(
                    "The thread {} failed; this is a fault of the server, which ends now and goes on from its journal when it"
                            + " is started again",
                    thread.getName(),
                    failure);
        } finally {
            // Also where there is no memory to say so.
            end.run();
        }
    }
}
