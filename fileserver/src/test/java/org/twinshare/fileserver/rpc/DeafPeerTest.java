package org.twinshare.fileserver.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.RpcConnection;
import org.twinshare.client.probe.RpcReply;
import org.twinshare.client.probe.XdrWriter;

/** Rule 2: peers that do not read, stop in the middle, or break the rules lose their connection, and hold nothing after it. */
@Timeout(60)
class DeafPeerTest {
    /** More than the sockets between the two ends hold. */
    private static final long ENOUGH_BYTES = 64L << 20;

    private TestServer server;
    private RpcConnection polite;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer();
        polite = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        polite.close();
        server.close();
    }

    private void assertStillServed() throws IOException {
        assertThat(polite.call(server.call(TestProgram.NULL))).isInstanceOf(RpcReply.Success.class);
    }

    /** Calls until the server does not take any more, in a thread of its own because sending then waits for ever. */
    private Thread flood(RpcConnection deaf, int procedure, int bytes) {
        return Thread.ofVirtual().start(() -> {
            try {
                for (long asked = 0; asked < ENOUGH_BYTES; asked += bytes) {
                    deaf.send(server.call(procedure, new XdrWriter().putInt(bytes)));
                }
            } catch (IOException e) {
                // The server has closed the connection, as it should.
            }
        });
    }

    @Test
    void rule2StopsReadingFromAPeerThatTakesNoRepliesAndClosesIt() throws Exception {
        try (RpcConnection deaf = server.connect()) {
            server.awaitConnections(2);
            Thread flood = flood(deaf, TestProgram.ZEROS, 32 << 10);
            AtomicLong most = new AtomicLong();
            Awaitility.await()
                    .atMost(TestServer.PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        most.accumulateAndGet(server.rpc.bufferBytes(), Math::max);
                        return server.rpc.sessions().size() == 1;
                    });
            flood.join();

            // A window, and what one reading of the socket asked for beyond it: 64 KiB of calls of 60 bytes and 32 KiB
            // each.
            assertThat(most.get()).isBetween(1L, 64L << 20);
            assertStillServed();
            server.awaitNothingTaken();
        }
    }

    @Test
    void rule2ClosesAPeerThatTakesNoLargeReplies() throws Exception {
        try (RpcConnection deaf = server.connect()) {
            server.awaitConnections(2);
            Thread flood = flood(deaf, TestProgram.RESERVED_ZEROS, 128 << 10);
            server.awaitConnections(1);
            flood.join();

            assertStillServed();
            server.awaitNothingTaken();
        }
    }

    @Test
    void rule2ClosesAPeerThatStopsReadingAndIsClosedForAViolationMeanwhile() throws Exception {
        try (RpcConnection deaf = server.connect()) {
            server.awaitConnections(2);
            for (int i = 0; i < 12; i++) {
                deaf.send(server.call(TestProgram.RESERVED_ZEROS, new XdrWriter().putInt(128 << 10)));
                deaf.send(server.call(TestProgram.ZEROS, new XdrWriter().putInt(256 << 10)));
            }
            deaf.sendRaw(new byte[] {(byte) 0xff, 1, 2, 3, 4, 5, 6, 7});
            server.awaitConnections(1);

            assertStillServed();
            server.awaitNothingTaken();
        }
    }

    @Test
    void rule2ClosesAPeerThatHasClosedItsHalfAndTakesNothing() throws Exception {
        RpcConnection deaf = server.connect();
        server.awaitConnections(2);
        server.program.gate = new CountDownLatch(1);
        deaf.send(server.call(TestProgram.WAIT));
        Awaitility.await().atMost(TestServer.PATIENCE).until(() -> server.program.waiting.get() == 1);
        deaf.close();
        server.awaitConnections(1);
        server.program.gate.countDown();

        server.awaitNothingTaken();
        assertStillServed();
    }

    @Test
    void rule2GivesTheMemoryBackOfACallThatNeverCompletes() throws Exception {
        RpcConnection half = server.connect();
        server.awaitConnections(2);
        half.sendRaw(
                new XdrWriter().putInt(0x8003_0000).putRaw(new byte[150_000]).toArray());
        Awaitility.await()
                .atMost(TestServer.PATIENCE)
                .until(() -> server.rpc.callMemory().usedBytes() > 0);
        half.close();

        server.awaitConnections(1);
        server.awaitNothingTaken();
    }

    @Test
    void rule2ClosesAConnectionThatStopsInTheMiddleOfACall() throws Exception {
        try (RpcConnection half = server.connect()) {
            half.sendRaw(new XdrWriter().putInt(0x8000_0100).putInt(1).toArray());

            assertThat(half.closedByServer()).isTrue();
        }
        server.awaitNothingTaken();
        assertStillServed();
    }

    @Test
    void rule2ClosesAConnectionThatSendsACallByteByByte() throws Exception {
        RpcConnection slow = server.connect();
        server.awaitConnections(2);
        slow.sendRaw(new XdrWriter().putInt(0x8000_1000).toArray());
        Thread dribble = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 4096; i++) {
                    slow.sendRaw(new byte[1]);
                    Thread.sleep(100);
                }
            } catch (IOException | InterruptedException e) {
                // The server has closed the connection, as it should.
            }
        });
        try {
            server.awaitConnections(1);
        } finally {
            dribble.interrupt();
            slow.close();
        }
        server.awaitNothingTaken();
        assertStillServed();
    }

    @Test
    void rule2LetsALargeCallTakeItsTimeAsLongAsItComes() throws Exception {
        try (RpcConnection slow = server.connect()) {
            RpcCall call = server.call(TestProgram.ECHO, new XdrWriter().putOpaque(new byte[200_000]));
            byte[] record = call.toRecord();
            slow.sendRaw(new XdrWriter().putInt(0x8000_0000 | record.length).toArray());
            int piece = 20_000;
            long begin = System.nanoTime();
            for (int at = 0; at < record.length; at += piece) {
                slow.sendRaw(Arrays.copyOfRange(record, at, Math.min(record.length, at + piece)));
                Thread.sleep(300);
            }

            assertThat(slow.receive(call.xid())).isInstanceOf(RpcReply.Success.class);
            assertThat(System.nanoTime() - begin).isGreaterThan(TestServer.STALLED_AFTER.toNanos());
        }
    }

    @Test
    void doesNotBlameAClientForTheTimeInWhichItWasNotRead() throws Exception {
        try (RpcConnection patient = server.connect()) {
            server.program.gate = new CountDownLatch(1);
            int window = TestServer.LIMITS.callsPerConnection();
            for (int i = 0; i < window; i++) {
                patient.send(server.call(TestProgram.WAIT));
            }
            Awaitility.await().atMost(TestServer.PATIENCE).until(() -> server.program.waiting.get() == window);
            RpcCall next = server.call(TestProgram.ECHO, new XdrWriter().putOpaque(new byte[100_000]));
            patient.send(next);
            // Longer than the limit; nothing is to be seen meanwhile.
            Thread.sleep(TestServer.STALLED_AFTER.plus(Duration.ofMillis(1500)).toMillis());
            server.program.gate.countDown();

            assertThat(patient.receive(next.xid())).isInstanceOf(RpcReply.Success.class);
        }
    }
}
