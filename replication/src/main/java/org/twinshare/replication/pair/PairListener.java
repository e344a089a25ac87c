package org.twinshare.replication.pair;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.net.HostAndPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.replication.Refusal;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Join;
import org.twinshare.replication.channel.Joined;
import org.twinshare.replication.channel.Refuse;

/**
 * Listens for the other server, and for a new one while an invitation is open. Whoever has another certificate is told so and
 * is heard no further. One thread accepts, a virtual thread serves each connection.
 */
public final class PairListener implements AutoCloseable {
    public static final int PORT = 2050;

    private static final Logger LOG = LoggerFactory.getLogger(PairListener.class);
    private static final int MAX_STRANGERS = 16;
    private static final int MAX_SAID = 1_000;
    private static final Duration SAID_EVERY = Duration.ofMinutes(1);

    private final ServerSocket server;
    private final PairIdentity identity;
    private final Invitations invitations;
    private final ClusterKey key;
    private final IntSupplier epoch;
    private final Consumer<Connection> sessions;
    private final Strangers strangers = new Strangers(MAX_STRANGERS);
    /** What was said in the log lately: whoever tries again and again would flood it. */
    private final Cache<String, Boolean> said = CacheBuilder.newBuilder()
            .maximumSize(MAX_SAID)
            .expireAfterWrite(SAID_EVERY)
            .build();

    /**
     * Listens from {@link #start} on.
     *
     * @param server   bound already
     * @param key      of the cluster, for a new standby
     * @param epoch    of this server, for a new standby
     * @param sessions is given each connection of the other server, and works on it until it ends
     */
    public PairListener(
            ServerSocket server,
            PairIdentity identity,
            Invitations invitations,
            ClusterKey key,
            IntSupplier epoch,
            Consumer<Connection> sessions) {
        this.server = server;
        this.identity = identity;
        this.invitations = invitations;
        this.key = key;
        this.epoch = epoch;
        this.sessions = sessions;
    }

    public PairListener start() {
        Thread.ofPlatform().daemon().name("pair-listener").start(this::accept);
        return this;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Socket tooMany = strangers.came(socket);
                if (tooMany != null) {
                    close(tooMany);
                }
                if (!socket.isClosed()) {
                    Thread.ofPlatform().daemon().name("pair-session").start(() -> serve(socket));
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("a connection could not be accepted: {}", e.getMessage());
                }
            }
        }
    }

    private void serve(Socket socket) {
        Connection session = null;
        IOException failure = null;
        try {
            session = meet(socket);
        } catch (IOException e) {
            failure = e;
        }
        // Not of those that had to go: whoever floods the port would flood the log.
        if (strangers.left(socket) && failure != null && isNew("failed " + socket.getInetAddress())) {
            LOG.info("{} could not be talked to: {}", socket.getInetAddress(), failure.getMessage());
        }
        if (session != null) {
            sessions.accept(session);
        } else if (failure != null) {
            close(socket);
        }
    }

    private @Nullable Connection meet(Socket socket) throws IOException {
        SSLSocket secure = PairTls.over(socket, identity, false, certificate -> true);
        X509Certificate certificate = PairTls.peerCertificate(secure);
        Connection connection = new Connection(secure, socket);
        Peer peer = identity.peer();
        if (peer != null && peer.certificate().equals(certificate)) {
            return connection;
        }
        if (peer == null) {
            socket.setSoTimeout(10_000);
            if (connection.receive() instanceof Join join) {
                join(connection, join, certificate, socket);
                return null;
            }
        }
        refuse(
                connection,
                new Refusal(
                        identity.name() + " does not know this server",
                        "its certificate is not that of the other server of the pair"
                                + (peer == null ? "" : ", which is " + peer.name()),
                        "bring back this server's state directory, or add it: twinshare standby add on "
                                + identity.name()));
        return null;
    }

    private boolean isNew(String what) {
        return said.asMap().putIfAbsent(what, true) == null;
    }

    private void refuse(Connection connection, Refusal refusal) throws IOException {
        if (isNew("refused " + connection.peer())) {
            LOG.warn("refused {}: {}", connection.peer(), refusal);
        }
        connection.send(new Refuse(refusal));
        connection.close("refused");
    }

    private void join(Connection connection, Join join, X509Certificate certificate, Socket socket) throws IOException {
        Refusal refusal = invitations.take(join);
        if (refusal != null) {
            refuse(connection, refusal);
            return;
        }
        HostAndPort address = HostAndPort.fromParts(socket.getInetAddress().getHostAddress(), PORT);
        identity.pairWith(new Peer(join.name(), certificate, List.of(address), false));
        LOG.info("{} at {} is the standby from now on", join.name(), address);
        connection.send(new Joined(key, epoch.getAsInt(), identity.name()));
        connection.close("joined");
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone all the same.
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
