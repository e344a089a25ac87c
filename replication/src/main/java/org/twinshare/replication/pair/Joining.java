package org.twinshare.replication.pair;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Join;
import org.twinshare.replication.channel.Joined;
import org.twinshare.replication.channel.MalformedMessage;
import org.twinshare.replication.channel.Message;
import org.twinshare.replication.channel.Refuse;

/** Makes this server the standby of the one that invites it. */
public final class Joining {
    private static final int CONNECT_MS = 10_000;

    private Joining() {}

    /**
     * Joins; the pair is on disk on both servers when this returns.
     *
     * @param keeper keeps what the other server says, before this server believes that it is one of the pair
     * @return what the other server said: the key of the cluster, its epoch and name
     */
    public static Joined join(PairIdentity identity, Invitation invitation, Keeper keeper) throws RefusedException {
        if (identity.peer() != null) {
            throw new RefusedException(
                    "this server belongs to a pair already",
                    "its other server is " + identity.peer().name(),
                    "give the new one a state directory of its own, or run  twinshare standby remove  first");
        }
        try (Socket socket = new Socket()) {
            var address = invitation.address();
            socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT_MS);
            return join(socket, identity, invitation, keeper);
        } catch (SSLException e) {
            boolean another = Throwables.getCausalChain(e).stream().anyMatch(CertificateException.class::isInstance);
            throw new RefusedException(
                    "what answers at " + invitation.address() + " is not the server that invited",
                    (another
                                    ? "its certificate is not the one with the fingerprint in the line: "
                                    : "it does not speak TLS 1.3 to the end, as twinshare does: ")
                            + e.getMessage(),
                    "check the address and the port, and run  twinshare standby add  there again");
        } catch (IOException e) {
            throw new RefusedException(
                    "the server at " + invitation.address() + " cannot be reached",
                    String.valueOf(e.getMessage()),
                    "check that twinshare serves there, and that TCP port "
                            + invitation.address().getPort() + " is open between the two servers");
        }
    }

    /** Keeps on disk what a new standby must know. */
    public interface Keeper {
        void keep(Joined joined) throws IOException;
    }

    private static Joined join(Socket socket, PairIdentity identity, Invitation invitation, Keeper keeper)
            throws IOException, RefusedException {
        SSLSocket secure = PairTls.over(
                socket,
                identity,
                true,
                certificate -> Fingerprint.of(certificate).hex().equals(invitation.fingerprint()));
        X509Certificate certificate = PairTls.peerCertificate(secure);
        Connection connection = new Connection(secure, socket);
        connection.send(new Join(invitation.tokenHigh(), invitation.tokenLow(), identity.name()));
        Message answer = connection.receive();
        if (answer instanceof Refuse refuse) {
            throw new RefusedException(refuse.refusal());
        }
        if (!(answer instanceof Joined joined)) {
            throw new MalformedMessage("an answer to joining of " + answer.type());
        }
        keeper.keep(joined);
        identity.pairWith(new Peer(joined.name(), certificate, List.of(invitation.address()), true));
        return joined;
    }
}
