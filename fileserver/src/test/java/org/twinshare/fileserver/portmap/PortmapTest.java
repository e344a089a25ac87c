package org.twinshare.fileserver.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.RpcConnection;
import org.twinshare.client.probe.RpcReply;
import org.twinshare.client.probe.SourceAddress;
import org.twinshare.client.probe.XdrWriter;

/** Rule 1: the portmapper on the wire, with the numbers of RFC 1833. Clients of 127.0.0.0/30 are admitted. */
class PortmapTest {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final List<Services.Program> NFS_AND_MOUNT =
            List.of(new Services.Program(100003, 3), new Services.Program(100005, 3));

    private PortmapServer server;
    private int xid = 77;

    @BeforeEach
    void start() throws IOException {
        Services services = Services.overTcp(at("127.0.0.1", 2049), NFS_AND_MOUNT);
        server = PortmapServer.start(at("127.0.0.1", 0), services, client -> (client.getAddress()[3] & 0xfc) == 0);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddresses.forString(address), port);
    }

    private RpcCall call(int version, int procedure, XdrWriter arguments) {
        return new RpcCall(++xid, 2, 100000, version, procedure, new Credential.None(), Bytes.of(arguments.toArray()));
    }

    private RpcReply overTcp(RpcCall call) throws IOException {
        try (RpcConnection connection =
                RpcConnection.open(server.address(), SourceAddress.ANY, Duration.ofSeconds(10))) {
            return connection.call(call);
        }
    }

    private Bytes results(int version, int procedure, XdrWriter arguments) throws IOException {
        return ((RpcReply.Success) overTcp(call(version, procedure, arguments))).results();
    }

    /** The whole reply, without a record mark; from another address where one is given. */
    private byte[] overUdp(RpcCall call, String from, int timeoutMs) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(at(from, 0))) {
            socket.connect(server.address());
            byte[] record = call.toRecord();
            socket.send(new DatagramPacket(record, record.length));
            socket.setSoTimeout(timeoutMs);
            DatagramPacket reply = new DatagramPacket(new byte[4096], 4096);
            socket.receive(reply);
            return Arrays.copyOf(reply.getData(), reply.getLength());
        }
    }

    private byte[] overUdp(RpcCall call) throws IOException {
        return overUdp(call, "127.0.0.1", 10_000);
    }

    /** A reply of SUCCESS with these results (RFC 5531 section 9). */
    private static byte[] success(RpcCall call, XdrWriter results) {
        return new XdrWriter()
                .putInt(call.xid())
                .putInt(1)
                .putInt(0)
                .putLong(0)
                .putInt(0)
                .putRaw(results.toArray())
                .toArray();
    }

    private static XdrWriter mapping(int program, int version, int protocol, int port) {
        return new XdrWriter().putInt(program).putInt(version).putInt(protocol).putInt(port);
    }

    private static XdrWriter rpcb(int program, int version, String netid) {
        return new XdrWriter()
                .putInt(program)
                .putInt(version)
                .putOpaque(Bytes.of(netid))
                .putOpaque(Bytes.of("127.0.0.1.0.111"))
                .putOpaque(Bytes.of(""));
    }

    private static Bytes text(String text) {
        return Bytes.of(new XdrWriter().putOpaque(Bytes.of(text)).toArray());
    }

    @ParameterizedTest(name = "program {0} version {1} over protocol {2}: port {3}")
    @CsvSource({
        "100003, 3, 6, 2049",
        "100005, 3, 6, 2049",
        "100003, 3, 17, 0",
        "100005, 3, 17, 0",
        "100003, 4, 6, 0",
        "100005, 1, 6, 0",
        "100024, 1, 6, 0",
        "-1, -1, -1, 0"
    })
    void rule1TellsThePortOfWhatIsServedAndOfNothingElse(int program, int version, int protocol, int port)
            throws IOException {
        XdrWriter question = mapping(program, version, protocol, 4711);
        byte[] expected = new XdrWriter().putInt(port).toArray();

        assertThat(results(2, 3, question)).isEqualTo(Bytes.of(expected));
        RpcCall call = call(2, 3, question);
        assertThat(overUdp(call)).isEqualTo(success(call, new XdrWriter().putInt(port)));
    }

    @ParameterizedTest(name = "version {0}")
    @ValueSource(ints = {3, 4})
    void rule1TellsTheUniversalAddress(int version) throws IOException {
        assertThat(results(version, 3, rpcb(100003, 3, "tcp"))).isEqualTo(text("127.0.0.1.8.1"));
        RpcCall call = call(version, 3, rpcb(100003, 3, "tcp"));
        assertThat(overUdp(call)).isEqualTo(success(call, new XdrWriter().putOpaque(Bytes.of("127.0.0.1.8.1"))));
        assertThat(results(version, 3, rpcb(100003, 3, "udp"))).isEqualTo(text(""));
        assertThat(results(version, 3, rpcb(100003, 3, "tcp6"))).isEqualTo(text(""));
        assertThat(results(version, 3, rpcb(100024, 1, "tcp"))).isEqualTo(text(""));
    }

    @Test
    void rule1TakesTheTransportOfTheCallWhereNoneIsNamed() throws IOException {
        assertThat(results(3, 3, rpcb(100003, 3, ""))).isEqualTo(text("127.0.0.1.8.1"));
        RpcCall call = call(3, 3, rpcb(100003, 3, ""));
        assertThat(overUdp(call)).isEqualTo(success(call, new XdrWriter().putInt(0)));
    }

    @Test
    void rule1AnswersForAnotherVersionUnlessExactlyOneIsAskedFor() throws IOException {
        assertThat(results(4, 3, rpcb(100003, 4, "tcp"))).isEqualTo(text("127.0.0.1.8.1"));
        assertThat(results(4, 9, rpcb(100003, 4, "tcp"))).isEqualTo(text(""));
        assertThat(results(4, 9, rpcb(100003, 3, "tcp"))).isEqualTo(text("127.0.0.1.8.1"));
    }

    @Test
    void rule1ListsWhatIsServedOverTcp() throws IOException {
        int port = server.address().getPort();
        XdrWriter expected = new XdrWriter();
        for (int program : new int[] {100003, 100005}) {
            expected.putInt(1).putRaw(mapping(program, 3, TCP, 2049).toArray());
        }
        for (int version = 2; version <= 4; version++) {
            expected.putInt(1).putRaw(mapping(100000, version, TCP, port).toArray());
            expected.putInt(1).putRaw(mapping(100000, version, UDP, port).toArray());
        }
        expected.putInt(0);

        assertThat(results(2, 4, new XdrWriter())).isEqualTo(Bytes.of(expected.toArray()));
    }

    @Test
    void rule1NeverAnswersOverUdpWithMuchMoreThanWasAsked() throws IOException {
        for (RpcCall call : List.of(
                call(2, 0, new XdrWriter()),
                call(2, 3, mapping(100003, 3, TCP, 0)),
                call(2, 4, new XdrWriter()),
                call(4, 3, rpcb(100003, 3, "tcp")),
                call(3, 4, new XdrWriter()),
                call(4, 4, new XdrWriter()),
                call(5, 0, new XdrWriter()),
                call(2, 0, new XdrWriter()).withRpcVersion(3),
                call(2, 0, new XdrWriter()).withProgram(100003, 3))) {
            assertThat(overUdp(call).length).as(call.toString()).isLessThanOrEqualTo(call.toRecord().length + 16);
        }
    }

    @ParameterizedTest(name = "version {0} procedure {1}")
    @CsvSource({
        "2, 1", "2, 2", "2, 5", "2, 6", "3, 1", "3, 2", "3, 5", "3, 6", "3, 7", "3, 8", "3, 9", "4, 1", "4, 2", "4, 5",
        "4, 6", "4, 7", "4, 8", "4, 10", "4, 11", "4, 12"
    })
    void rule1TakesNoOrdersAndForwardsNoCalls(int version, int procedure) throws IOException {
        RpcCall call = call(version, procedure, mapping(100003, 3, TCP, 666));

        assertThat(overTcp(call)).isEqualTo(new RpcReply.ProcedureUnavailable(call.xid()));
        assertThat(results(2, 3, mapping(100003, 3, TCP, 0)))
                .isEqualTo(Bytes.of(new XdrWriter().putInt(2049).toArray()));
    }

    @Test
    void rule1SaysNothingToStrangers() throws IOException {
        RpcCall call = call(2, 3, mapping(100003, 3, TCP, 0));

        assertThatThrownBy(() -> overUdp(call, "127.0.0.9", 300)).isInstanceOf(SocketTimeoutException.class);
        assertThat(isTurnedAway("127.0.0.9")).isTrue();
        assertThat(overUdp(call(2, 0, new XdrWriter()), "127.0.0.2", 10_000)).hasSize(24);
    }

    /** Whether a connection from an address ends with no word; by a reset, which may come before the connect is through. */
    private boolean isTurnedAway(String from) throws IOException {
        SourceAddress stranger = SourceAddress.of(InetAddress.getByName(from), SourceAddress.Ports.EPHEMERAL);
        try (RpcConnection connection = RpcConnection.open(server.address(), stranger, Duration.ofSeconds(10))) {
            return connection.closedByServer();
        } catch (ConnectException refused) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void rule3TellsWhichVersionsThereAre() throws IOException {
        RpcCall call = call(1, 0, new XdrWriter());

        assertThat(overTcp(call)).isEqualTo(new RpcReply.ProgramMismatch(call.xid(), 2, 4));
    }

    @Test
    void livesOnAfterDatagramsThatAreNoCalls() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server.address());
            for (int length : new int[] {0, 1, 23, 40, 1500, 9000}) {
                socket.send(new DatagramPacket(new byte[length], length));
            }
        }
        assertThat(overUdp(call(2, 0, new XdrWriter()))).hasSize(24);
    }

    @Test
    void answersForTheAddressThatWasAskedWhereTheServerListensOnAll() throws IOException {
        Services services = Services.overTcp(at("0.0.0.0", 2049), NFS_AND_MOUNT);
        server.close();
        server = PortmapServer.start(at("0.0.0.0", 0), services, client -> true);
        InetSocketAddress loopback = at("127.0.0.1", server.address().getPort());
        RpcCall call = call(3, 3, rpcb(100003, 3, "tcp"));

        try (RpcConnection connection = RpcConnection.open(loopback, SourceAddress.ANY, Duration.ofSeconds(10))) {
            assertThat(connection.call(call)).isEqualTo(new RpcReply.Success(call.xid(), text("127.0.0.1.8.1")));
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(loopback);
            socket.send(new DatagramPacket(call.toRecord(), call.toRecord().length));
            socket.setSoTimeout(10_000);
            DatagramPacket reply = new DatagramPacket(new byte[4096], 4096);
            socket.receive(reply);
            assertThat(Arrays.copyOf(reply.getData(), reply.getLength()))
                    .isEqualTo(success(call, new XdrWriter().putOpaque(Bytes.of("127.0.0.1.8.1"))));
        }
    }

    @Test
    void servesWithoutItWhereThePortIsTakenByNoPortmapper() throws IOException {
        Portmapper second = Portmapper.start(server.address(), server.address().getPort(), client -> true);

        assertThat(second.address()).isNull();
        assertThat(second.words()).startsWith("none (");
        second.close();
    }
}
