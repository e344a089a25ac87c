package org.twinshare.client.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RpcConnectionTest {

    @Test
    void callsAndReadsTheReply() throws IOException {
        try (FakeServer server = new FakeServer(call -> call.success(""));
                NfsProbe probe = NfsProbe.connect(server.target())) {
            probe.ping().ok();

            assertThat(server.received().getFirst().program()).isEqualTo(100_003);
            assertThat(server.received().getFirst().procedure()).isZero();
        }
    }

    @Test
    void joinsARepliesFragmentsWhereverTheyAreCut() throws IOException {
        try (FakeServer server = new FakeServer(call -> cutUp(call.success("00000002")));
                NfsProbe probe = NfsProbe.connect(server.target())) {
            FileHandle handle = new FileHandle(Bytes.ofHex("01"));

            assertThat(probe.getattr(handle).status()).isEqualTo(Status.NOENT);
        }
    }

    /** One framed fragment as three: of 5 bytes, of none, and the rest. */
    private static byte[] cutUp(byte[] framed) {
        Bytes record = Bytes.of(framed);
        XdrWriter out = new XdrWriter().putInt(5);
        for (int each = 4; each < 9; each++) {
            out.putRaw(new byte[] {record.at(each)});
        }
        out.putInt(0).putInt(0x8000_0000 | (framed.length - 9));
        for (int each = 9; each < framed.length; each++) {
            out.putRaw(new byte[] {record.at(each)});
        }
        return out.toArray();
    }

    @Test
    void findsItsReplyWhenRepliesComeInAnyOrder() throws IOException {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        List<FakeServer.Received> calls = new ArrayList<>();
        try (FakeServer server = new FakeServer(call -> {
                    calls.add(call);
                    return calls.size() % 10 == 0 ? shuffled(calls, new Random(seed)) : new byte[0];
                });
                NfsProbe probe = NfsProbe.connect(server.target())) {
            List<NfsCall<NfsReply.Nothing, NfsReply.Nothing>> pings = Collections.nCopies(50, AttributeCalls.ping());

            assertThat(probe.callAll(pings, 10))
                    .hasSize(50)
                    .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(Status.OK));
        }
    }

    private static byte[] shuffled(List<FakeServer.Received> calls, Random random) {
        Collections.shuffle(calls, random);
        XdrWriter replies = new XdrWriter();
        calls.forEach(call -> replies.putRaw(call.success("")));
        calls.clear();
        return replies.toArray();
    }

    @Test
    void sendsTheSameTransactionIdAgainWhenToldTo() throws IOException {
        try (FakeServer server = new FakeServer(call -> call.success(""));
                NfsProbe probe = NfsProbe.connect(server.target())) {
            NfsProbe fixed = probe.withXid(0xabcd);
            fixed.ping();
            fixed.ping();
            probe.ping();

            assertThat(server.received().get(0)).isEqualTo(server.received().get(1));
            assertThat(server.received().get(1).xid()).isEqualTo(0xabcd);
            assertThat(server.received().get(2).xid()).isNotEqualTo(0xabcd);
        }
    }

    @Test
    void sendsFragmentsAndRawBytes() throws IOException {
        try (FakeServer server = new FakeServer(call -> call.success(""));
                RpcConnection connection =
                        RpcConnection.open(server.target().nfsAddress(), SourceAddress.ANY, Duration.ofSeconds(5))) {
            byte[] record = RpcCall.nfs(7, Procedure.NULL, new Credential.None(), Bytes.EMPTY)
                    .toRecord();
            connection.sendFragments(record, 1, 0, 3);
            connection.receive(7);
            connection.sendRaw(new XdrWriter()
                    .putInt(0x8000_0000 | record.length)
                    .putRaw(record)
                    .toArray());
            connection.receive(7);

            assertThat(server.received())
                    .hasSize(2)
                    .allSatisfy(call -> assertThat(call.record()).isEqualTo(Bytes.of(record)));
            assertThatThrownBy(() -> connection.sendFragments(record, record.length + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void comesFromTheAddressThatItIsToldTo() throws IOException {
        try (FakeServer server = new FakeServer(call -> call.success(""));
                NfsProbe probe = NfsProbe.connect(server.target().from("127.0.0.7"))) {
            probe.ping().ok();

            assertThat(server.sockets().getFirst().getInetAddress()).isEqualTo(InetAddress.getByName("127.0.0.7"));
        }
    }

    @Test
    void tellsSilenceFromAClosedConnection() throws IOException {
        try (FakeServer silent = new FakeServer(call -> new byte[0]);
                FakeServer closing = new FakeServer(call -> {
                    throw new IllegalStateException("closes the connection");
                });
                NfsProbe patient = NfsProbe.connect(silent.target().timeout(Duration.ofMillis(50)));
                NfsProbe cut = NfsProbe.connect(closing.target())) {
            assertThatThrownBy(patient::ping).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(cut::ping).isInstanceOf(EOFException.class);
            assertThat(cut.connection().closedByServer()).isTrue();
        }
    }

    @Test
    void saysWhyACallWasNotRun() throws IOException {
        try (FakeServer server = new FakeServer(RpcConnectionTest::garbage);
                NfsProbe probe = NfsProbe.connect(server.target())) {
            assertThatThrownBy(probe::ping)
                    .isInstanceOfSatisfying(
                            RpcRefusedException.class,
                            refused -> assertThat(refused.reply()).isInstanceOf(RpcReply.GarbageArguments.class));
        }
    }

    private static byte[] garbage(FakeServer.Received call) {
        return new XdrWriter()
                .putInt(0x8000_0018)
                .putInt(call.xid())
                .putRaw(Bytes.ofHex("00000001" + "00000000" + "00000000" + "00000000" + "00000004")
                        .toArray())
                .toArray();
    }

    @Test
    void refusesARecordThatIsTooLarge() throws IOException {
        try (FakeServer server = new FakeServer(call -> Bytes.ofHex("ffffffff").toArray());
                NfsProbe probe = NfsProbe.connect(server.target())) {
            assertThatThrownBy(probe::ping).isInstanceOf(MalformedReplyException.class);
        }
    }

    @Test
    void writesBytesAsAsciiOrHexadecimal() {
        assertThat(Bytes.ofHex("2d72660ae95c")).hasToString("-rf\\x0a\\xe9\\x5c");
    }
}
