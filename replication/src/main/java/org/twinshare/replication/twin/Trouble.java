package org.twinshare.replication.twin;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.pair.PairDialer;

/** Why the last connection of the other server came to nothing, in words. Thread-safe. */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(Trouble.class);

    private volatile String words = "";

    /** One of both will not; said once as long as it is the same. */
    void refused(RefusedException e) {
        String why = e.refusal().toString();
        if (!why.equals(words)) {
            LOG.warn("{}", e.getMessage());
        }
        words = why;
    }

    void failed(Exception e) {
        words = e.getMessage() == null ? e.toString() : e.getMessage();
        LOG.info("the connection of the other server ended: {}", words);
    }

    void isOver() {
        words = "";
    }

    /** Empty when there is none. */
    String words(PairDialer dialer) {
        String unreachable = dialer.trouble();
        return unreachable.isEmpty() ? words : unreachable;
    }
}
