package org.twinshare.replication.twin;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.pair.Peer;
import org.twinshare.replication.ship.PrimaryLink;

/**
 * The end of a primary whose disk has failed. It answers nobody any more, and lets a standby take over that has everything; this
 * needs no third opinion, because the one that gives up is the only one that could contradict.
 */
final class GivingUp {
    private static final Logger LOG = LoggerFactory.getLogger(GivingUp.class);
    private static final Duration STANDBY_HAS_ALL_WITHIN = Duration.ofSeconds(2);
    private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(10);

    private final TwinServer server;
    private final AnsweringAddress address;
    private final CountDownLatch fenced;

    /** @param fenced is counted down when the other server has said that it is the primary */
    GivingUp(TwinServer server, AnsweringAddress address, CountDownLatch fenced) {
        this.server = server;
        this.address = address;
        this.fenced = fenced;
    }

    /**
     * Returns at once; the server ends when the other one answers, or does not. Nothing that this server keeps is written: its disk may
     * be the one.
     */
    void begin(String why, @Nullable Primary primary, @Nullable Peer peer) {
        Thread.ofPlatform().daemon().name("giving-up").start(() -> {
            PrimaryLink link = primary == null ? null : primary.link();
            if (link != null && peer != null && link.isConnected()) {
                to(peer.name(), link);
            }
            server.failed(why);
        });
    }

    private void to(String peer, PrimaryLink link) {
        try {
            address.letGo();
            if (!link.giveUp(STANDBY_HAS_ALL_WITHIN)) {
                LOG.error("{} does not have everything, and was not told to take over", peer);
            } else if (fenced.await(TAKEN_OVER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} has taken over, and nothing acknowledged is missing there", peer);
            } else {
                LOG.error("{} was told to take over, and has not said that it did; see  twinshare status  there", peer);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            LOG.error("{} could not be told to take over; run  twinshare failover  there: {}", peer, e.toString());
        }
    }
}
