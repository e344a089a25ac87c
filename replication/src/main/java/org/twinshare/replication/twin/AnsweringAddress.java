package org.twinshare.replication.twin;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.address.ServiceAddress;

/** The service address of the pair, which the server that answers clients holds. Thread-safe as the address is. */
final class AnsweringAddress {
    private static final Logger LOG = LoggerFactory.getLogger(AnsweringAddress.class);

    private final ServiceAddress address;
    private final TwinServer server;

    AnsweringAddress(ServiceAddress address, TwinServer server) {
        this.address = address;
        this.server = server;
    }

    /** Clients are answered now. */
    void take() throws IOException {
        address.take(this::isLost);
    }

    /** The same behind a failover: that has been done, and whoever is told that it was not would look in the wrong place. */
    void takeOrStartAnew() throws RefusedException {
        try {
            take();
        } catch (IOException e) {
            server.startAnew("the service address could not be taken: " + e.getMessage());
            throw new RefusedException(
                    "this server is the primary now, and does not hold the service address",
                    String.valueOf(e.getMessage()),
                    "put the interface or the command right: the server starts anew and takes it then, or ends and says why");
        }
    }

    private void isLost() {
        LOG.error("the service address is lost: the connections of all clients are closed");
        try {
            server.silence();
        } catch (IOException e) {
            LOG.warn("connections could not be closed: {}", e.getMessage());
        }
        server.startAnew("the service address was lost");
    }

    /** Neighbours are told of it no more; another server is about to have it. */
    void beQuiet() {
        address.beQuiet();
    }

    /** Clients are answered no more. In this order: they hear that they have to connect anew while the address is still here. */
    void letGo() throws IOException {
        server.silence();
        release();
    }

    void release() throws IOException {
        address.release();
    }
}
