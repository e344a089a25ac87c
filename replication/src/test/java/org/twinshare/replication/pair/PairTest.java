package org.twinshare.replication.pair;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.net.HostAndPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.channel.Bye;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.ConnectionEnded;
import org.twinshare.replication.channel.Ended;
import org.twinshare.replication.channel.Refuse;
import org.twinshare.replication.channel.SignOff;

@Timeout(60)
class PairTest {
    @TempDir
    Path states;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_000_000));
    private final BlockingQueue<Connection> sessions = new LinkedBlockingQueue<>();
    private final AtomicLong kept = new AtomicLong();
    private ClusterKey key;
    private PairIdentity first;
    private Invitations invitations;
    private PairListener listener;

    @BeforeEach
    void listen() throws Exception {
        first = identity("nas1");
        key = ClusterKey.in(states.resolve("nas1"));
        invitations = new Invitations(first, now::get);
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener = new PairListener(server, first, invitations, key, () -> 3, sessions::add).start();
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
    }

    private PairIdentity identity(String name) throws Exception {
        return PairIdentity.open(Files.createDirectories(states.resolve(name)), name);
    }

    private HostAndPort address() {
        return HostAndPort.fromParts("127.0.0.1", listener.port());
    }

    private Invitation invite() throws Exception {
        return Invitation.parse("  " + invitations.open(address()).line() + "\n");
    }

    @Test
    void joinsWithOnePastedLineAndConnectsFromThenOn() throws Exception {
        PairIdentity second = identity("nas2");
        assertThat(Joining.join(
                        second, invite(), joined -> kept.set(joined.key().clusterId())))
                .extracting("epoch", "name")
                .containsExactly(3, "nas1");
        assertThat(kept).hasValue(key.clusterId());
        // From the disk.
        PairIdentity again = identity("nas2");
        assertThat(again.peer()).extracting(Peer::name, Peer::isDialled).containsExactly("nas1", true);
        assertThat(identity("nas1").peer())
                .extracting(Peer::name, Peer::isDialled)
                .containsExactly("nas2", false);
        BlockingQueue<Connection> dialled = new LinkedBlockingQueue<>();
        try (PairDialer dialer = new PairDialer(again, dialled::add).start()) {
            Connection here = dialled.take();
            Connection there = sessions.take();
            here.send(new SignOff(5, false));
            assertThat(there.receive()).isEqualTo(new SignOff(5, false));
            there.send(new Bye("bye"));
            assertThatThrownBy(here::receive)
                    .isInstanceOfSatisfying(
                            ConnectionEnded.class,
                            ended -> assertThat(ended.how()).isEqualTo(Ended.BYE));
            here.leave("test");
            there.leave("test");
            assertThat(dialer).isNotNull();
        }
    }

    @Test
    void takesATokenOnce() throws Exception {
        Invitation invitation = invite();
        assertThat(Joining.join(identity("nas2"), invitation, joined -> {}).name())
                .isEqualTo("nas1");
        assertThatThrownBy(() -> Joining.join(identity("nas3"), invitation, joined -> {}))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("nas1 does not know this server");
        first.forgetPeer();
        assertThatThrownBy(() -> Joining.join(identity("nas3"), invitation, joined -> {}))
                .hasMessageContaining("no invitation is open");
        assertThat(identity("nas3").peer()).isNull();
    }

    @Test
    void takesATokenThatWasGivenBeforeARestart() throws Exception {
        Invitation invitation = invite();
        listener.close();
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        PairIdentity again = identity("nas1");
        listener =
                new PairListener(server, again, new Invitations(again, now::get), key, () -> 3, sessions::add).start();
        Invitation moved =
                new Invitation(address(), invitation.tokenHigh(), invitation.tokenLow(), invitation.fingerprint());
        assertThat(Joining.join(identity("nas2"), moved, joined -> {}).name()).isEqualTo("nas1");
    }

    @Test
    void takesNoTokenAfterAQuarterOfAnHour() throws Exception {
        Invitation invitation = invite();
        now.updateAndGet(begin -> begin.plus(Duration.ofMinutes(15)));
        assertThatThrownBy(() -> Joining.join(identity("nas2"), invitation, joined -> {}))
                .hasMessageContaining("older than 15 minutes")
                .hasMessageContaining("twinshare standby add");
    }

    @Test
    void closesTheInvitationAfterAFewWrongTokens() throws Exception {
        Invitation right = invite();
        Invitation wrong =
                new Invitation(right.address(), right.tokenHigh(), right.tokenLow() ^ 1, right.fingerprint());
        PairIdentity second = identity("nas2");
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> Joining.join(second, wrong, joined -> {}))
                    .hasMessageContaining("its token is not the one");
        }
        assertThatThrownBy(() -> Joining.join(second, right, joined -> {}))
                .hasMessageContaining("no invitation is open");
    }

    @Test
    void doesNotSendTheTokenToAServerWithAnotherFingerprint() throws Exception {
        Invitation right = invite();
        Invitation elsewhere =
                new Invitation(right.address(), right.tokenHigh(), right.tokenLow(), "0".repeat(Fingerprint.LENGTH));
        PairIdentity second = identity("nas2");
        assertThatThrownBy(() -> Joining.join(second, elsewhere, joined -> {}))
                .hasMessageContaining("is not the server that invited");
        assertThat(Joining.join(second, right, joined -> {}).name())
                .as("the token is still good")
                .isEqualTo("nas1");
    }

    @Test
    void tellsAStrangerThatItIsNotOneOfThePair() throws Exception {
        assertThat(Joining.join(identity("nas2"), invite(), joined -> {}).name())
                .isEqualTo("nas1");
        PairIdentity stranger = identity("nas9");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            var secure = PairTls.over(socket, stranger, true, certificate -> true);
            assertThat(new Connection(secure, socket).receive())
                    .isInstanceOfSatisfying(
                            Refuse.class,
                            refuse -> assertThat(refuse.refusal().toString())
                                    .contains("nas1 does not know this server")
                                    .contains("which is nas2"));
        }
        assertThat(sessions).isEmpty();
    }

    @Test
    void aStrangerThatComesAgainAndAgainDoesNotFloodTheLog() throws Exception {
        assertThat(Joining.join(identity("nas2"), invite(), joined -> {}).name())
                .isEqualTo("nas1");
        PairIdentity stranger = identity("nas9");
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, UTF_8));
        try {
            for (int i = 0; i < 5; i++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                    var secure = PairTls.over(socket, stranger, true, certificate -> true);
                    assertThat(new Connection(secure, socket).receive()).isInstanceOf(Refuse.class);
                }
            }
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(UTF_8)).containsOnlyOnce("refused 127.0.0.1");
    }

    @Test
    void dialsOnlyTheServerThatItKnows() throws Exception {
        PairIdentity second = identity("nas2");
        assertThat(Joining.join(second, invite(), joined -> {}).name()).isEqualTo("nas1");
        PairIdentity impostor = identity("nas8");
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Peer peer = new Peer(
                "nas1",
                Objects.requireNonNull(second.peer()).certificate(),
                List.of(HostAndPort.fromParts("127.0.0.1", server.getLocalPort()), address()),
                true);
        second.pairWith(peer);
        try (PairListener other = new PairListener(
                                server, impostor, new Invitations(impostor, now::get), key, () -> 1, sessions::add)
                        .start();
                PairDialer dialer = new PairDialer(second, connection -> connection.leave("test")).start()) {
            await().until(() -> !sessions.isEmpty());
            Connection session = sessions.remove();
            assertThat(session.peer()).as("the second address").isEqualTo("127.0.0.1");
            assertThat(other.port()).isNotEqualTo(listener.port());
            assertThat(dialer).isNotNull();
        }
    }

    @Test
    void whoeverOpensManyConnectionsAndSaysNothingKeepsNobodyElseOut() throws Exception {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            silent.add(silentFrom("127.0.0.2"));
        }
        assertThat(Joining.join(identity("nas2"), invite(), joined -> {}).name())
                .as("the newest of all")
                .isEqualTo("nas1");
        Socket alone = silentFrom("127.0.0.3");
        for (int i = 0; i < 100; i++) {
            silent.add(silentFrom("127.0.0.2"));
        }
        Socket last = silent.getLast();
        await().untilAsserted(() -> {
            assertThat(isOpen(silent.get(silent.size() - 16)))
                    .as("the oldest of too many")
                    .isFalse();
            assertThat(isOpen(alone)).as("from elsewhere").isTrue();
            assertThat(isOpen(last)).as("the newest").isTrue();
        });
        for (Socket each : silent) {
            each.close();
        }
        alone.close();
    }

    private Socket silentFrom(String address) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), listener.port(), InetAddress.getByName(address), 0);
    }

    private static boolean isOpen(Socket socket) throws Exception {
        socket.setSoTimeout(20);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    @Test
    void saysThatSomethingElseAnswersAtThePort() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write("220 mail.example ESMTP\r\n".getBytes(US_ASCII));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            HostAndPort other = HostAndPort.fromParts("127.0.0.1", server.getLocalPort());
            Invitation invitation =
                    new Invitation(other, 1, 2, first.fingerprint().hex());
            assertThatThrownBy(() -> Joining.join(identity("nas2"), invitation, joined -> {}))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("is not the server that invited")
                    .hasMessageContaining("it does not speak TLS 1.3")
                    .hasMessageContaining("check the address and the port");
        }
    }

    @Test
    void hasOneStandbyAndOnePair() throws Exception {
        assertThat(Joining.join(identity("nas2"), invite(), joined -> {}).name())
                .isEqualTo("nas1");
        assertThatThrownBy(() -> invitations.open(address())).hasMessageContaining("nas2 is the other server");
        Invitation any = new Invitation(address(), 1, 2, first.fingerprint().hex());
        assertThatThrownBy(() -> Joining.join(identity("nas2"), any, joined -> {}))
                .hasMessageContaining("belongs to a pair already");
    }

    @Test
    void refusesALineThatIsNone() {
        for (String line : new String[] {
            "", "nas1:2050", "nas1:2050/abc/def", "nas1:99999/" + "0".repeat(32) + "/" + "0".repeat(64)
        }) {
            assertThatThrownBy(() -> Invitation.parse(line))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("ADDRESS:PORT/TOKEN/FINGERPRINT");
        }
    }

    @Test
    void keepsItsKeyFromOthers() throws Exception {
        assertThat(Files.getPosixFilePermissions(states.resolve("nas1/pair"))).hasSize(3);
        assertThat(identity("nas1").fingerprint()).isEqualTo(first.fingerprint());
        Files.writeString(states.resolve("nas1/pair/own.p12"), "damaged");
        assertThatThrownBy(() -> identity("nas1")).isInstanceOf(RefusedException.class);
    }
}
