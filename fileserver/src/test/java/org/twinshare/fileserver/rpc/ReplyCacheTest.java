package org.twinshare.fileserver.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.client.probe.RpcConnection;

/** Rule 5: what the reply cache keeps, and for whom. */
class ReplyCacheTest {
    private static final int REPLY_BYTES = 100;

    private TestServer server;
    private RpcConnection connection;
    private Session session;

    @BeforeEach
    void connect() throws IOException {
        server = new TestServer();
        connection = server.connect();
        server.awaitConnections(1);
        session = server.rpc.sessions().iterator().next();
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
    }

    private static ReplyCache.Key key(String client, int xid) {
        return new ReplyCache.Key(InetAddresses.forString(client), xid, 8, 40, 4711);
    }

    private void answered(ReplyCache cache, String client, int xid) {
        if (cache.begin(key(client, xid), session) instanceof ReplyCache.Known.New begun) {
            cache.answer(begun.entry(), ByteBuffer.allocate(REPLY_BYTES).putInt(0, xid));
        }
    }

    private boolean isNew(ReplyCache cache, String client, int xid) {
        return cache.begin(key(client, xid), session) instanceof ReplyCache.Known.New;
    }

    @Test
    void rule5KeepsTheNewestCallsOfEachClient() {
        ReplyCache cache = new ReplyCache(1024, 1 << 30);
        for (int xid = 1; xid <= 1500; xid++) {
            answered(cache, "10.0.0.1", xid);
            answered(cache, "10.0.0.2", xid);
        }

        for (int xid = 1500 - 1023; xid <= 1500; xid++) {
            assertThat(cache.begin(key("10.0.0.1", xid), session)).isInstanceOf(ReplyCache.Known.Answered.class);
        }
        assertThat(cache.size()).isEqualTo(2048);
        assertThat(isNew(cache, "10.0.0.2", 1)).isTrue();
    }

    @Test
    void rule5KeepsACallUnderWayHoweverOldItIs() {
        ReplyCache cache = new ReplyCache(16, 8000);
        cache.begin(key("10.0.0.1", 1), session);
        for (int xid = 2; xid < 200; xid++) {
            answered(cache, "10.0.0.1", xid);
        }

        assertThat(cache.begin(key("10.0.0.1", 1), session)).isInstanceOf(ReplyCache.Known.UnderWay.class);
    }

    @Test
    void rule5IsBoundedInBytesForAnyNumberOfClients() {
        int maxBytes = 200_000;
        ReplyCache cache = new ReplyCache(1024, maxBytes);
        for (int i = 0; i < 5000; i++) {
            answered(cache, "10.0." + (i / 250) + "." + (i % 250), i);
            assertThat(cache.usedBytes()).isLessThan(maxBytes + 1000);
        }
    }

    @Test
    void rule5TakesFromTheClientThatHasBeenSilentLongest() {
        ReplyCache cache = new ReplyCache(1024, 300_000);
        for (int xid = 0; xid < 900; xid++) {
            answered(cache, "10.0.0.1", xid);
        }
        for (int xid = 0; xid < 800; xid++) {
            answered(cache, "10.0.0.2", xid);
        }

        for (int xid = 0; xid < 800; xid++) {
            assertThat(isNew(cache, "10.0.0.2", xid)).as("xid %d", xid).isFalse();
        }
    }

    @Test
    void rule5ForgetsWhatWasNotCarriedOut() {
        ReplyCache cache = new ReplyCache(1024, 300_000);
        if (cache.begin(key("10.0.0.1", 1), session) instanceof ReplyCache.Known.New begun) {
            cache.forget(begun.entry());
        }

        assertThat(cache.usedBytes()).isZero();
        assertThat(isNew(cache, "10.0.0.1", 1)).isTrue();
    }

    @Test
    void rule5TellsArgumentsApartByTheirLengthAndBothTheirEnds() {
        ByteBuffer zeros = ByteBuffer.allocate(100_000);
        ByteBuffer first = ByteBuffer.allocate(100_000).put(0, (byte) 1);
        ByteBuffer last = ByteBuffer.allocate(100_000).put(99_999, (byte) 1);

        assertThat(ReplyCache.Key.checksum(first)).isNotEqualTo(ReplyCache.Key.checksum(zeros));
        assertThat(ReplyCache.Key.checksum(last)).isNotEqualTo(ReplyCache.Key.checksum(zeros));
        assertThat(zeros.position()).isZero();
    }
}
