package org.twinshare.replication.pair;

import com.google.common.net.HostAndPort;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.Refusal;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.channel.Join;

/** The one invitation that is open, if one is. Thread-safe. */
public final class Invitations {
    static final Duration VALID = Duration.ofMinutes(15);
    private static final int MAX_WRONG = 5;

    private final PairIdentity identity;
    private final LongSupplier nanoTime;
    private final SecureRandom random = new SecureRandom();
    private @Nullable Invitation open;
    private long openedNs;
    private int wrong;

    /** @param nanoTime as {@link System#nanoTime} */
    public Invitations(PairIdentity identity, LongSupplier nanoTime) {
        this.identity = identity;
        this.nanoTime = nanoTime;
    }

    /**
     * Opens an invitation for 15 minutes; an earlier one is void.
     *
     * @param address by which the new standby reaches this server
     */
    public synchronized Invitation open(HostAndPort address) throws RefusedException {
        Peer peer = identity.peer();
        if (peer != null) {
            throw new RefusedException(
                    "there is a standby already",
                    peer.name() + " is the other server of this pair, and a pair has two",
                    "remove it first: twinshare standby remove");
        }
        Invitation fresh = new Invitation(
                address,
                random.nextLong(),
                random.nextLong(),
                identity.fingerprint().hex());
        open = fresh;
        openedNs = nanoTime.getAsLong();
        wrong = 0;
        return fresh;
    }

    /** Takes the token, which is not good a second time; says why when it is not good. */
    synchronized @Nullable Refusal take(Join join) {
        Invitation current = open;
        if (current == null || nanoTime.getAsLong() - openedNs > VALID.toNanos()) {
            open = null;
            return refusal("no invitation is open: it was used, or is older than 15 minutes");
        }
        // Both are compared in the same time, wherever they differ.
        if (((join.tokenHigh() ^ current.tokenHigh()) | (join.tokenLow() ^ current.tokenLow())) != 0) {
            wrong++;
            if (wrong >= MAX_WRONG) {
                open = null;
            }
            return refusal("its token is not the one of the invitation");
        }
        open = null;
        return null;
    }

    private Refusal refusal(String cause) {
        return new Refusal(
                identity.name() + " does not take this server as its standby",
                cause,
                "run  twinshare standby add  on " + identity.name() + " and paste the new line here");
    }
}
