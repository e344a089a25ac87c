package org.twinshare.fileserver.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.RpcConnection;
import org.twinshare.client.probe.RpcReply;
import org.twinshare.client.probe.XdrWriter;

/** Rules 2 to 5 of the RPC room, over real connections; reply forms are those of RFC 5531 section 9. */
class RpcRulesTest {
    private static final int AUTH_BADCRED = 1;
    private static final int AUTH_BADVERF = 3;

    private TestServer server;
    private RpcConnection connection;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer();
        connection = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        server.close();
    }

    private static XdrWriter opaque(int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) (i * 31);
        }
        return new XdrWriter().putOpaque(content);
    }

    private static RpcReply.Success success(RpcCall call, XdrWriter results) {
        return new RpcReply.Success(call.xid(), Bytes.of(results.toArray()));
    }

    @Test
    void rule3SaysThatAProgramIsUnknown() throws IOException {
        RpcCall call = server.call(TestProgram.NULL).withProgram(400_001, 3);

        assertThat(connection.call(call)).isEqualTo(new RpcReply.ProgramUnavailable(call.xid()));
    }

    @ParameterizedTest(name = "version {0}")
    @ValueSource(ints = {0, 1, 4, -1, Integer.MIN_VALUE})
    void rule3SaysWhichVersionsAProgramHas(int version) throws IOException {
        RpcCall call = server.call(TestProgram.NULL).withProgram(TestProgram.PROGRAM, version);

        assertThat(connection.call(call)).isEqualTo(new RpcReply.ProgramMismatch(call.xid(), 2, 3));
    }

    @ParameterizedTest(name = "procedure {0}")
    @ValueSource(ints = {10, -1, Integer.MAX_VALUE})
    void rule3SaysThatAProcedureIsUnknown(int procedure) throws IOException {
        RpcCall call = server.call(procedure);

        assertThat(connection.call(call)).isEqualTo(new RpcReply.ProcedureUnavailable(call.xid()));
    }

    @ParameterizedTest(name = "RPC version {0}")
    @ValueSource(ints = {0, 1, 3, -1})
    void rule3SaysWhichVersionOfRpcThereIs(int version) throws IOException {
        RpcCall call = server.call(TestProgram.NULL).withRpcVersion(version);

        assertThat(connection.call(call)).isEqualTo(new RpcReply.RpcMismatch(call.xid(), 2, 2));
    }

    @ParameterizedTest(name = "procedure {0}")
    @ValueSource(ints = {TestProgram.ECHO, TestProgram.ECHO_LATER})
    void rule3SaysThatArgumentsAreGarbage(int procedure) throws IOException {
        for (XdrWriter garbage : List.of(
                new XdrWriter(),
                new XdrWriter().putInt(5),
                new XdrWriter().putInt(-1),
                new XdrWriter().putInt(Integer.MAX_VALUE).putInt(0),
                opaque(8).putInt(0),
                opaque(8).putRaw(new byte[1]))) {
            RpcCall call = server.call(procedure, garbage);
            assertThat(connection.call(call)).isEqualTo(new RpcReply.GarbageArguments(call.xid()));
        }
    }

    /** A call with a credential and a verifier made by hand. */
    private byte[] record(int xid, int flavor, byte[] body, int verifierFlavor, byte[] verifier) {
        return new XdrWriter()
                .putInt(xid)
                .putInt(0)
                .putInt(2)
                .putInt(TestProgram.PROGRAM)
                .putInt(3)
                .putInt(TestProgram.NULL)
                .putInt(flavor)
                .putOpaque(body)
                .putInt(verifierFlavor)
                .putOpaque(verifier)
                .toArray();
    }

    private static byte[] system(int nameBytes, int groups, int trailing) {
        XdrWriter body = new XdrWriter()
                .putInt(1)
                .putOpaque(new byte[nameBytes])
                .putInt(0)
                .putInt(0)
                .putInt(groups);
        for (int i = 0; i < groups; i++) {
            body.putInt(i);
        }
        return body.putRaw(new byte[trailing]).toArray();
    }

    @ParameterizedTest(name = "name of {0} bytes, {1} groups, {2} bytes behind: auth_stat {3}")
    @CsvSource({
        "0, 0, 0, 0",
        "255, 16, 0, 0",
        "256, 0, 0, 1",
        "4, 17, 0, 1",
        "4, 16, 4, 1",
        "300, 0, 0, 1",
        "0, 96, 0, 1"
    })
    void rule2BoundsWhatACredentialHolds(int name, int groups, int trailing, int reason) throws IOException {
        connection.sendFragments(record(9, 1, system(name, groups, trailing), 0, new byte[0]));

        RpcReply expected =
                reason == 0 ? new RpcReply.Success(9, Bytes.EMPTY) : new RpcReply.AuthenticationError(9, reason);
        assertThat(connection.receive(9)).isEqualTo(expected);
    }

    @Test
    void rule2RefusesOtherFlavorsAndLongBodies() throws IOException {
        connection.sendFragments(record(10, 1, new byte[404], 0, new byte[0]));
        assertThat(connection.receive(10)).isEqualTo(new RpcReply.AuthenticationError(10, AUTH_BADCRED));
        connection.sendFragments(record(11, 6, new byte[40], 0, new byte[0]));
        assertThat(connection.receive(11)).isEqualTo(new RpcReply.AuthenticationError(11, AUTH_BADCRED));
        connection.sendFragments(record(12, 0, new byte[0], 0, new byte[4]));
        assertThat(connection.receive(12)).isEqualTo(new RpcReply.AuthenticationError(12, AUTH_BADVERF));
        connection.sendFragments(record(13, 0, new byte[0], 0, new byte[0]));
        assertThat(connection.receive(13)).isEqualTo(new RpcReply.Success(13, Bytes.EMPTY));
    }

    @Test
    void rule2ClosesAfterARecordThatIsTooLong() throws IOException {
        connection.sendRaw(new XdrWriter()
                .putInt(0x8000_0000 | TestServer.MAX_RECORD_BYTES + 1)
                .toArray());

        assertThat(connection.closedByServer()).isTrue();
        server.awaitNothingTaken();
    }

    @Test
    void rule2ClosesAfterFragmentsThatAreTooLongTogether() throws IOException {
        connection.sendRaw(new XdrWriter()
                .putInt(1)
                .putRaw(new byte[1])
                .putInt(0x7fff_ffff)
                .toArray());

        assertThat(connection.closedByServer()).isTrue();
        server.awaitNothingTaken();
    }

    @Test
    void rule2ClosesAfterEmptyFragmentsWithoutEnd() throws IOException {
        connection.sendRaw(new byte[4 * 8193]);

        assertThat(connection.closedByServer()).isTrue();
        server.awaitNothingTaken();
    }

    @ParameterizedTest(name = "first bytes {0}")
    @ValueSource(strings = {"474554202f20485454502f312e310d0a0d0a", "80000000", "8000000400000001", "16030100"})
    void rule2ClosesAfterWhatIsNoCall(String hex) throws IOException {
        connection.sendRaw(Bytes.ofHex(hex).toArray());

        assertThat(connection.closedByServer()).isTrue();
        server.awaitNothingTaken();
    }

    @Test
    void rule4AnswersInAnyOrder() throws IOException {
        server.program.gate = new CountDownLatch(1);
        RpcCall slow = server.call(TestProgram.WAIT);
        RpcCall quick = server.call(TestProgram.NULL);
        connection.send(slow);
        connection.send(quick);

        assertThat(connection.receive(quick.xid())).isInstanceOf(RpcReply.Success.class);
        server.program.gate.countDown();
        assertThat(connection.receive(slow.xid())).isInstanceOf(RpcReply.Success.class);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 12);
    }

    /** Calls of many lengths, cut into fragments and into pieces of the stream as the seed says. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rule4TakesAnyFragmentation(long seed) throws IOException {
        Random random = new Random(seed);
        List<RpcCall> calls = new ArrayList<>();
        XdrWriter stream = new XdrWriter();
        for (int i = 0; i < 40; i++) {
            int bytes = random.nextInt(10) == 0 ? random.nextInt(200_000) : random.nextInt(300);
            RpcCall call = server.call(random.nextBoolean() ? TestProgram.ECHO : TestProgram.ECHO_LATER, opaque(bytes));
            calls.add(call);
            fragments(random, call.toRecord(), stream);
        }
        byte[] all = stream.toArray();
        Thread sender = Thread.ofVirtual().start(() -> send(random, all));
        for (RpcCall call : calls) {
            assertThat(connection.receive(call.xid())).isEqualTo(new RpcReply.Success(call.xid(), call.arguments()));
        }
        Awaitility.await().until(() -> !sender.isAlive());
        server.awaitNothingTaken();
    }

    private static void fragments(Random random, byte[] record, XdrWriter stream) {
        int at = 0;
        while (random.nextInt(3) == 0 && at < record.length) {
            int length = random.nextInt(4) == 0 ? 0 : random.nextInt(record.length - at);
            stream.putInt(length).putRaw(Arrays.copyOfRange(record, at, at + length));
            at += length;
        }
        stream.putInt(0x8000_0000 | record.length - at).putRaw(Arrays.copyOfRange(record, at, record.length));
    }

    private void send(Random random, byte[] all) {
        try {
            int at = 0;
            while (at < all.length) {
                int length = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 7 : 100_000));
                connection.sendRaw(Arrays.copyOfRange(all, at, at + length));
                at += length;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void rule4ServesSeveralConnectionsOfOneClient() throws IOException {
        try (RpcConnection second = server.connect();
                RpcConnection third = server.connect()) {
            for (RpcConnection each : List.of(third, connection, second)) {
                RpcCall call = server.call(TestProgram.ECHO, opaque(33));
                assertThat(each.call(call)).isEqualTo(new RpcReply.Success(call.xid(), call.arguments()));
            }
        }
    }

    @Test
    void rule5CarriesACallOutOnceAndAnswersItAgainWithTheSameBytes() throws IOException {
        RpcCall call = server.call(TestProgram.COUNT);
        assertThat(connection.call(call)).isEqualTo(success(call, new XdrWriter().putInt(1)));

        assertThat(connection.call(call)).isEqualTo(success(call, new XdrWriter().putInt(1)));
        try (RpcConnection other = server.connect()) {
            assertThat(other.call(call)).as("from another port").isEqualTo(success(call, new XdrWriter().putInt(1)));
        }
    }

    @Test
    void rule5TellsCallsApartByXidVersionAndArguments() throws IOException {
        RpcCall call = server.call(TestProgram.COUNT, opaque(8));
        RpcCall otherXid = server.call(TestProgram.COUNT, opaque(8));
        RpcCall otherLength = call.withArguments(Bytes.of(opaque(12).toArray()));
        RpcCall otherContent = call.withArguments(
                Bytes.of(new XdrWriter().putOpaque(new byte[8]).toArray()));
        RpcCall otherVersion = call.withProgram(TestProgram.PROGRAM, 2);
        int number = 0;
        for (RpcCall each : List.of(call, otherXid, otherLength, otherContent, otherVersion)) {
            assertThat(connection.call(each)).isEqualTo(success(each, new XdrWriter().putInt(++number)));
        }
    }

    @Test
    void rule5AnswersOnTheConnectionThatAskedLastWhileACallIsUnderWay() throws IOException {
        server.program.gate = new CountDownLatch(1);
        RpcCall call = server.call(TestProgram.COUNT);
        connection.send(call);
        Awaitility.await().until(() -> server.program.waiting.get() == 1);
        try (RpcConnection other = server.connect()) {
            other.send(call);
            // Calls that are answered at once show that the other one was seen before.
            assertThat(other.call(server.call(TestProgram.NULL))).isInstanceOf(RpcReply.Success.class);
            server.program.gate.countDown();

            assertThat(other.receive(call.xid())).isEqualTo(success(call, new XdrWriter().putInt(1)));
        }
        assertThat(server.program.executions).hasValue(1);
    }

    @Test
    void rule5CompletesACallWhoseConnectionDiedAndAnswersItOnTheNext() throws IOException {
        server.program.gate = new CountDownLatch(1);
        RpcCall call = server.call(TestProgram.COUNT);
        RpcConnection dying = server.connect();
        dying.send(call);
        Awaitility.await().until(() -> server.program.waiting.get() == 1);
        dying.close();
        server.awaitConnections(1);

        connection.send(call);
        assertThat(connection.call(server.call(TestProgram.NULL))).isInstanceOf(RpcReply.Success.class);
        server.program.gate.countDown();
        assertThat(connection.receive(call.xid())).isEqualTo(success(call, new XdrWriter().putInt(1)));
        assertThat(connection.call(call)).as("once more").isEqualTo(success(call, new XdrWriter().putInt(1)));
        server.awaitNothingTaken();
    }

    @Test
    void rule5KeepsTheAnswerOfACallWhoseConnectionDiedBeforeItWasDone() throws IOException {
        server.program.gate = new CountDownLatch(1);
        RpcCall call = server.call(TestProgram.COUNT);
        RpcConnection dying = server.connect();
        dying.send(call);
        Awaitility.await().until(() -> server.program.waiting.get() == 1);
        dying.close();
        server.awaitConnections(1);
        server.program.gate.countDown();
        server.awaitNothingTaken();

        assertThat(connection.call(call)).isEqualTo(success(call, new XdrWriter().putInt(1)));
        assertThat(server.program.executions).hasValue(1);
    }
}
