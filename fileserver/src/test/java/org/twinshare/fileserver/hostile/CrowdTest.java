package org.twinshare.fileserver.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.XdrWriter;

/** Rule 2, and hostile input: many connections that are idle, half open, or ask without end and never listen. */
@Timeout(300)
class CrowdTest {
    private static final int CROWD = 2000;
    private static final int FLOODING = 64;
    private static final Duration FLOOD = Duration.ofSeconds(3);
    private static final long FILLED_BYTES = 16L << 20;

    @TempDir
    private Path directory;

    private ServedDirectory served;
    private final List<SocketChannel> crowd = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        served = new ServedDirectory(directory);
    }

    @AfterEach
    void stop() throws IOException {
        disperse();
        served.close();
    }

    private void gather(int connections) throws IOException {
        InetSocketAddress server = served.target().nfsAddress();
        for (int i = 0; i < connections; i++) {
            crowd.add(SocketChannel.open(server));
        }
        Awaitility.await().until(() -> served.server().rpc().sessions().size() == connections + 1);
    }

    private void disperse() throws IOException {
        for (SocketChannel each : crowd) {
            each.close();
        }
        crowd.clear();
    }

    @Test
    void twoThousandIdleConnectionsCostNoBuffersAndNoThreads() throws IOException {
        long direct = ServedDirectory.directBytes();
        int threads = Thread.activeCount();
        gather(CROWD);

        served.assertServesTheWellBehaved();
        Awaitility.await().until(() -> served.server().rpc().bufferBytes() == 0);
        // Two kilobytes for each. What there is does not grow with the crowd: the journal makes a segment now
        // and then, with a megabyte of zeros, and a selector reads into a buffer of its own.
        assertThat(ServedDirectory.directBytes() - direct).isLessThan(CROWD * 2048L);
        assertThat(Thread.activeCount()).isLessThan(threads + 10);

        disperse();
        served.awaitCalm();
    }

    @Test
    void twoHundredHalfCallsCostWhatTheySentAndNoMore() throws IOException {
        gather(200);
        // Each announces a megabyte and sends a kilobyte of it.
        byte[] half = new XdrWriter().putInt(0x8010_0000).putRaw(new byte[1000]).toArray();
        for (SocketChannel each : crowd) {
            each.write(ByteBuffer.wrap(half));
        }
        Awaitility.await().until(() -> served.server().rpc().bufferBytes() >= 200 * 1024);

        assertThat(served.server().rpc().bufferBytes()).isLessThan(200 * 16_384);
        served.assertServesTheWellBehaved();
        disperse();
        served.awaitCalm();
    }

    private ByteBuffer flood(int countBytes) {
        NfsCall<?, ?> call = DataCalls.read(served.large(), 0, countBytes);
        XdrWriter stream = new XdrWriter();
        for (int i = 0; i < 400; i++) {
            byte[] record = RpcCall.nfs(i, call.procedure(), Credential.of(2000, 2000), call.arguments())
                    .toRecord();
            stream.putInt(0x8000_0000 | record.length).putRaw(record);
        }
        return ByteBuffer.wrap(stream.toArray());
    }

    @Test
    void sixtyFourFloodingConnectionsThatNeverListenHoldNoMoreThanTheirWindow() throws IOException {
        gather(FLOODING);
        Map<SocketChannel, ByteBuffer> flooding = new HashMap<>();
        for (SocketChannel each : crowd) {
            each.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            each.setOption(StandardSocketOptions.SO_SNDBUF, 16_384);
            each.configureBlocking(false);
            flooding.put(each, flood(flooding.size() % 2 == 0 ? 32_768 : 1 << 20));
        }
        AtomicLong most = new AtomicLong();
        // The sockets hold much before the server has to.
        Awaitility.await("the windows fill")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    push(flooding);
                    return most.accumulateAndGet(served.server().rpc().bufferBytes(), Math::max) > FILLED_BYTES;
                });
        long end = System.nanoTime() + FLOOD.toNanos();
        Awaitility.await("the flood goes on")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    push(flooding);
                    most.accumulateAndGet(served.server().rpc().bufferBytes(), Math::max);
                    return System.nanoTime() > end;
                });

        served.assertServesTheWellBehaved();
        System.err.println("CrowdTest: " + flooding.size() + " connections still open, " + most.get()
                + " bytes of buffers at most");
        // Large replies share a budget of 64, in buffers of up to twice their size; of small ones and of calls, each
        // connection has a window.
        assertThat(most.get()).isLessThan((64L << 21) + FLOODING * (2L << 20));
        disperse();
        served.awaitCalm();
    }

    /** Sends what the server takes. */
    private static void push(Map<SocketChannel, ByteBuffer> flooding) {
        for (Map.Entry<SocketChannel, ByteBuffer> each : Map.copyOf(flooding).entrySet()) {
            ByteBuffer calls = each.getValue();
            try {
                each.getKey().write(calls);
            } catch (IOException e) {
                // The server has closed it, because it does not listen.
                flooding.remove(each.getKey());
            }
            if (!calls.hasRemaining()) {
                calls.rewind();
            }
        }
    }
}
