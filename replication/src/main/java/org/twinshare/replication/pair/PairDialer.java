package org.twinshare.replication.pair;

import com.google.common.net.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.Connection;

/**
 * Connects to the other server, and again when that ends, with pauses that grow to a few seconds. One thread, which also works
 * on the connection.
 */
public final class PairDialer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PairDialer.class);
    private static final int CONNECT_MS = 5_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final PairIdentity identity;
    private final Consumer<Connection> sessions;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile String trouble = "";

    /** @param sessions is given each connection, and works on it until it ends */
    public PairDialer(PairIdentity identity, Consumer<Connection> sessions) {
        this.identity = identity;
        this.sessions = sessions;
        thread = Thread.ofPlatform().daemon().name("pair-dialer").unstarted(this::run);
    }

    public PairDialer start() {
        thread.start();
        return this;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        boolean wasThere = false;
        while (!stopped) {
            Peer peer = identity.peer();
            long begin = System.nanoTime();
            boolean there = peer != null && peer.isDialled() && dial(peer);
            boolean lasted = System.nanoTime() - begin > LONGEST_PAUSE.toNanos();
            if (lasted) {
                // At once: where the roles have changed hands, clients wait for the other server to hear of it.
                pause = Duration.ZERO;
            } else if (there && !wasThere) {
                // One that comes back ends some sessions until it follows, and is only then a second copy.
                pause = FIRST_PAUSE;
            }
            wasThere = there;
            try {
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            } catch (InterruptedException e) {
                return;
            }
            Duration doubled = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
    }

    /** Works on a connection until it ends; false when there was none. */
    private boolean dial(Peer peer) {
        String failure = "it has no address";
        for (HostAndPort address : peer.addresses()) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT_MS);
                SSLSocket secure =
                        PairTls.over(socket, identity, true, certificate -> certificate.equals(peer.certificate()));
                trouble = "";
                sessions.accept(new Connection(secure, socket));
                return true;
            } catch (IOException e) {
                failure = address + ": " + e.getMessage();
                close(socket);
            }
        }
        if (!failure.equals(trouble)) {
            LOG.info("{} cannot be reached, and is tried again: {}", peer.name(), failure);
            trouble = failure;
        }
        return false;
    }

    /** Why the other server could not be connected to the last time; empty when it could. */
    public String trouble() {
        return trouble;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone all the same.
        }
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
    }
}
