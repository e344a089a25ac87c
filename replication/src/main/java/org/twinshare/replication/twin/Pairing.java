package org.twinshare.replication.twin;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.pair.Invitations;
import org.twinshare.replication.pair.PairDialer;
import org.twinshare.replication.pair.PairIdentity;
import org.twinshare.replication.pair.PairListener;
import org.twinshare.replication.pair.Peer;

/** What talks to the other server of the pair, or waits for one to join. */
record Pairing(PairIdentity identity, Invitations invitations, PairListener listener, PairDialer dialer)
        implements AutoCloseable {
    /**
     * Begins to listen, and to dial where this server is the one that does.
     *
     * @param epoch    for a server that joins
     * @param sessions is given each connection, and works on it until it ends
     */
    static Pairing begin(
            PairIdentity identity,
            TwinSettings settings,
            ClusterKey key,
            IntSupplier epoch,
            Consumer<Connection> sessions)
            throws IOException, RefusedException {
        Invitations invitations = new Invitations(identity, InstantSource.system());
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(settings.listen());
        } catch (IOException e) {
            socket.close();
            throw new RefusedException(
                    "the other server cannot be listened for on " + settings.listen(),
                    String.valueOf(e.getMessage()),
                    "free that port, or choose another with --pair-port");
        }
        PairListener listener = new PairListener(socket, identity, invitations, key, epoch, sessions).start();
        return new Pairing(identity, invitations, listener, new PairDialer(identity, sessions).start());
    }

    @Nullable Peer peer() {
        return identity.peer();
    }

    @Override
    public void close() throws IOException {
        dialer.close();
        listener.close();
    }
}
