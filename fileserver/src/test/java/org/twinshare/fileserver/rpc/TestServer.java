package org.twinshare.fileserver.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.RpcConnection;
import org.twinshare.client.probe.SourceAddress;
import org.twinshare.client.probe.XdrWriter;

/** An RPC server on loopback that offers {@link TestProgram}, with limits so small that a test reaches them. */
final class TestServer implements AutoCloseable {
    static final int MAX_RECORD_BYTES = 256 << 10;
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final Duration STALLED_AFTER = Duration.ofMillis(1500);

    static final RpcLimits LIMITS =
            new RpcLimits(MAX_RECORD_BYTES, 64, 16, 512 << 10, 1 << 20, 1 << 20, STALLED_AFTER, Duration.ofMillis(500));

    final TestProgram program = new TestProgram();
    final RpcServer rpc;
    private final InetSocketAddress address;
    private int xid = 1000;

    TestServer() throws IOException {
        this(LIMITS);
    }

    TestServer(RpcLimits limits) throws IOException {
        rpc = new RpcServer("test", limits, new ReplyCache(1024, 1 << 20));
        rpc.offer(program);
        address = rpc.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    RpcConnection connect() throws IOException {
        return RpcConnection.open(address, SourceAddress.ANY, PATIENCE);
    }

    int port() {
        return address.getPort();
    }

    RpcCall call(int procedure, XdrWriter arguments) {
        return new RpcCall(
                ++xid, 2, TestProgram.PROGRAM, 3, procedure, Credential.of(0, 0), Bytes.of(arguments.toArray()));
    }

    RpcCall call(int procedure) {
        return call(procedure, new XdrWriter());
    }

    /** Everything that calls and connections take is given back. */
    void awaitNothingTaken() {
        Awaitility.await("nothing is taken")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() ->
                        org.assertj.core.api.Assertions.assertThat(taken()).isEqualTo("0 0 0 0"));
    }

    /** Calls under way, bytes of buffers, of calls and of replies. */
    String taken() {
        return rpc.callsUnderWay() + " " + rpc.bufferBytes() + " "
                + rpc.callMemory().usedBytes() + " " + rpc.replyMemory().usedBytes();
    }

    void awaitConnections(int count) {
        Awaitility.await(count + " connections")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> rpc.sessions().size() == count);
    }

    @Override
    public void close() throws IOException {
        program.gate.countDown();
        rpc.close();
    }
}
