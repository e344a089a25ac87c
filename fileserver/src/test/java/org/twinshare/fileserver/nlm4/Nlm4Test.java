package org.twinshare.fileserver.nlm4;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
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
import org.twinshare.fileserver.rpc.ReplyCache;
import org.twinshare.fileserver.rpc.RpcLimits;
import org.twinshare.fileserver.rpc.RpcServer;

/**
 * Rule 1: what a lock manager of a client hears. Procedure and status numbers are those of RFC 1813 section 6 and of the
 * Linux client's {@code fs/lockd}.
 */
class Nlm4Test {
    private static final Bytes COOKIE = Bytes.of("cook");
    private static final int NO_LOCKS = 2;

    private RpcServer server;
    private RpcConnection connection;

    @BeforeEach
    void start() throws IOException {
        server = new RpcServer("nlm", RpcLimits.forTransfersOf(1 << 20, 100), new ReplyCache(16, 1 << 20));
        server.offer(new Nlm4());
        InetSocketAddress address = server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        connection = RpcConnection.open(address, SourceAddress.ANY, Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        server.close();
    }

    private RpcCall call(int version, int procedure, XdrWriter arguments) {
        return new RpcCall(
                connection.nextXid(),
                2,
                100021,
                version,
                procedure,
                Credential.of(0, 0),
                Bytes.of(arguments.toArray()));
    }

    private Bytes results(int procedure, XdrWriter arguments) throws IOException {
        RpcReply reply = connection.call(call(4, procedure, arguments));
        assertThat(reply).isInstanceOf(RpcReply.Success.class);
        return ((RpcReply.Success) reply).results();
    }

    private static XdrWriter cookie() {
        return new XdrWriter().putOpaque(COOKIE);
    }

    private static XdrWriter lock(XdrWriter out, int handleBytes) {
        return out.putOpaque(Bytes.of("web1"))
                .putOpaque(new byte[handleBytes])
                .putOpaque(Bytes.of("owner"))
                .putInt(4711)
                .putLong(0)
                .putLong(-1);
    }

    private static XdrWriter lockCall(int handleBytes) {
        return lock(cookie().putBoolean(true).putBoolean(true), handleBytes)
                .putBoolean(false)
                .putInt(1);
    }

    private static XdrWriter shareCall() {
        return cookie().putOpaque(Bytes.of("web1"))
                .putOpaque(new byte[32])
                .putOpaque(Bytes.of("owner"))
                .putInt(3)
                .putInt(3)
                .putBoolean(false);
    }

    private static Bytes status(int status) {
        return Bytes.of(cookie().putInt(status).toArray());
    }

    @ParameterizedTest(name = "procedure {0}")
    @ValueSource(ints = {2, 22})
    void rule1DeniesALockAtOnceForWantOfLocks(int procedure) throws IOException {
        assertThat(results(procedure, lockCall(32))).isEqualTo(status(NO_LOCKS));
    }

    @Test
    void rule1DeniesATestForWantOfLocks() throws IOException {
        assertThat(results(1, lock(cookie().putBoolean(true), 32))).isEqualTo(status(NO_LOCKS));
    }

    @Test
    void rule1GrantsUnlockAndCancel() throws IOException {
        assertThat(results(4, lock(cookie(), 32))).isEqualTo(status(0));
        assertThat(results(3, lock(cookie().putBoolean(true).putBoolean(true), 32)))
                .isEqualTo(status(0));
    }

    @Test
    void rule1KnowsOfNoLockThatIsGranted() throws IOException {
        assertThat(results(5, lock(cookie().putBoolean(true), 32))).isEqualTo(status(1));
    }

    @ParameterizedTest(name = "procedure {0} gives {1}")
    @CsvSource({"20, 2", "21, 0"})
    void rule1DeniesASharedReservationAndLetsGoOfOne(int procedure, int status) throws IOException {
        Bytes expected = Bytes.of(cookie().putInt(status).putInt(0).toArray());

        assertThat(results(procedure, shareCall())).isEqualTo(expected);
    }

    @Test
    void rule1AnswersNullAndFreeAllWithNothing() throws IOException {
        assertThat(results(0, new XdrWriter())).isEqualTo(Bytes.EMPTY);
        assertThat(results(23, new XdrWriter().putOpaque(Bytes.of("web1")).putInt(3)))
                .isEqualTo(Bytes.EMPTY);
    }

    @ParameterizedTest(name = "procedure {0}")
    @ValueSource(ints = {6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void rule1GivesMessagesNoReply(int procedure) throws IOException {
        connection.send(call(4, procedure, lockCall(32)));
        RpcCall next = call(4, 0, new XdrWriter());
        connection.send(next);

        // Replies to calls that are answered at once leave in order, so the first one tells.
        byte[] first = connection.receiveRecord();
        assertThat(Bytes.of(first).toHex()).startsWith(String.format("%08x", next.xid()));
    }

    @ParameterizedTest(name = "version {0}")
    @ValueSource(ints = {0, 1, 3, 5})
    void rule1KnowsVersionFourOnly(int version) throws IOException {
        RpcCall call = call(version, 0, new XdrWriter());

        assertThat(connection.call(call)).isEqualTo(new RpcReply.ProgramMismatch(call.xid(), 4, 4));
    }

    @ParameterizedTest(name = "procedure {0}")
    @ValueSource(ints = {16, 17, 18, 19, 24, -1})
    void rule1HasNoOtherProcedures(int procedure) throws IOException {
        RpcCall call = call(4, procedure, new XdrWriter());

        assertThat(connection.call(call)).isEqualTo(new RpcReply.ProcedureUnavailable(call.xid()));
    }

    @Test
    void rule2BoundsEveryLengthOfALock() throws IOException {
        assertThat(results(2, lockCall(1024))).isEqualTo(status(NO_LOCKS));

        RpcCall longHandle = call(4, 2, lockCall(1025));
        assertThat(connection.call(longHandle)).isEqualTo(new RpcReply.GarbageArguments(longHandle.xid()));

        RpcCall longCookie = call(4, 4, lock(new XdrWriter().putOpaque(new byte[1025]), 32));
        assertThat(connection.call(longCookie)).isEqualTo(new RpcReply.GarbageArguments(longCookie.xid()));

        RpcCall trailing = call(4, 4, lock(cookie(), 32).putInt(0));
        assertThat(connection.call(trailing)).isEqualTo(new RpcReply.GarbageArguments(trailing.xid()));
    }

    @Test
    void repeatsTheLongestCookie() throws IOException {
        byte[] longest = new byte[1024];
        longest[1023] = 7;
        Bytes expected = Bytes.of(new XdrWriter().putOpaque(longest).putInt(0).toArray());

        assertThat(results(4, lock(new XdrWriter().putOpaque(longest), 32))).isEqualTo(expected);
    }
}
