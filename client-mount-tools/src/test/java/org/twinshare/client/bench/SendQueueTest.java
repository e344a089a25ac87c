package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.twinshare.client.probe.AttributeCalls;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.XdrWriter;

class SendQueueTest {
    private static final Credential CREDENTIAL = Credential.of(33, 33);
    private static final FileHandle HANDLE = new FileHandle(Bytes.ofHex("0102030405"));

    private final SendQueue queue = new SendQueue();
    private final Wire wire = new Wire();
    private final XdrWriter expected = new XdrWriter();

    @Test
    void sendsManyCallsWithOneWrite() throws IOException {
        for (int xid = 1; xid <= 100; xid++) {
            ping(xid);
        }

        assertThat(queue.flush(wire)).isTrue();

        assertThat(wire.writes).isEqualTo(1);
        assertThat(wire.sent()).isEqualTo(expected());
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void sendsTheSameBytesAsTheProbe() throws IOException {
        write(1, 3);
        write(2, SendQueue.LARGEST_COPY_BYTES);
        write(3, SendQueue.LARGEST_COPY_BYTES + 1);
        ping(4);
        write(5, 1_000_003);

        while (!queue.flush(wire)) {
            assertThat(queue.isEmpty()).isFalse();
        }

        assertThat(wire.sent()).isEqualTo(expected());
    }

    @Test
    void goesOnWhereAConnectionTookOnlyAPart() throws IOException {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        for (int xid = 1; xid < 3000; xid++) {
            if (random.nextInt(20) == 0) {
                write(xid, random.nextInt(100_000));
            } else {
                ping(xid);
            }
            wire.next = random.nextInt(5_000);
            queue.flush(wire);
        }
        wire.next = Integer.MAX_VALUE;

        assertThat(queue.flush(wire)).isTrue();

        assertThat(wire.sent()).isEqualTo(expected());
    }

    private void ping(int xid) {
        queue.add(CallTemplate.whole(AttributeCalls.ping(), CREDENTIAL), xid);
        expect(xid, AttributeCalls.ping());
    }

    private void write(int xid, int lengthBytes) {
        byte[] data = new byte[lengthBytes];
        new Random(xid).nextBytes(data);
        queue.begin(CallTemplate.header(Procedure.WRITE, CREDENTIAL), xid);
        queue.putOpaque(HANDLE.bytes().toArray());
        queue.putLong(77);
        queue.putInt(lengthBytes);
        queue.putInt(Stability.UNSTABLE.number());
        queue.endWithData(ByteBuffer.wrap(data));
        expect(xid, DataCalls.write(HANDLE, 77, Stability.UNSTABLE, data));
    }

    private void expect(int xid, NfsCall<?, ?> call) {
        byte[] record =
                RpcCall.nfs(xid, call.procedure(), CREDENTIAL, call.arguments()).toRecord();
        expected.putInt(0x8000_0000 | record.length).putRaw(record);
    }

    private Bytes expected() {
        return Bytes.of(expected.toArray());
    }

    /** A connection that takes as many bytes at a time as it is told to. */
    private static final class Wire implements GatheringByteChannel {
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private int next = Integer.MAX_VALUE;
        private int writes;

        Bytes sent() {
            return Bytes.of(sent.toByteArray());
        }

        @Override
        public int write(ByteBuffer source) {
            return (int) write(new ByteBuffer[] {source}, 0, 1);
        }

        @Override
        public long write(ByteBuffer[] sources) {
            return write(sources, 0, sources.length);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            writes++;
            long left = next;
            for (int each = offset; each < offset + length; each++) {
                while (left > 0 && sources[each].hasRemaining()) {
                    sent.write(sources[each].get());
                    left--;
                }
            }
            return next - left;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
