package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.XdrWriter;

class ReplyReaderTest {
    private static final int LOOKED_AT = 32;

    private final ByteBuffer shared = ByteBuffer.allocateDirect(64 << 10);

    @Test
    void findsEveryRecordHoweverTheStreamIsCut() throws IOException {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            boolean large = round % 2 == 0;
            List<Bytes> records = new ArrayList<>();
            XdrWriter stream = new XdrWriter();
            for (int each = 0; each < 20; each++) {
                byte[] record = new byte[random.nextInt(random.nextInt(4) == 0 ? 200_000 : 900)];
                random.nextBytes(record);
                records.add(Bytes.of(record));
                frame(stream, record, random);
            }
            Collector collector = new Collector(large);

            read(new ReplyReader(collector), new Wire(stream.toArray(), random));

            assertThat(collector.records).isEqualTo(records);
        }
    }

    /** As one fragment mostly, else as several, some of them empty. */
    private static void frame(XdrWriter stream, byte[] record, Random random) {
        int position = 0;
        while (random.nextInt(4) == 0) {
            int length = random.nextInt(record.length - position + 1);
            stream.putInt(length).putRaw(Arrays.copyOfRange(record, position, position + length));
            position += length;
        }
        stream.putInt(0x8000_0000 | (record.length - position))
                .putRaw(Arrays.copyOfRange(record, position, record.length));
    }

    private void read(ReplyReader reader, Wire wire) throws IOException {
        while (wire.hasMore()) {
            if (reader.receive(wire, shared)) {
                reader.handOn(shared);
            }
        }
    }

    @Test
    void refusesARecordLongerThanAnyReply() {
        ReplyReader reader = new ReplyReader(new Collector(false));
        Wire wire = new Wire(Bytes.ofHex("81000001").toArray(), new Random(1));

        assertThatThrownBy(() -> read(reader, wire)).hasMessage("the server began a record of 16777217 bytes");
    }

    @Test
    void saysThatTheServerClosedTheConnection() {
        ReplyReader reader = new ReplyReader(new Collector(false));

        assertThatThrownBy(() -> reader.receive(new Wire(new byte[0], new Random(1)), shared))
                .isInstanceOf(ConnectionLost.class);
    }

    /** Gives the bytes in pieces of any length. */
    private static final class Wire implements ReadableByteChannel {
        private final ByteBuffer left;
        private final Random random;

        Wire(byte[] bytes, Random random) {
            this.left = ByteBuffer.wrap(bytes);
            this.random = random;
        }

        boolean hasMore() {
            return left.hasRemaining();
        }

        @Override
        public int read(ByteBuffer destination) {
            if (!left.hasRemaining()) {
                return -1;
            }
            int most = Math.min(left.remaining(), destination.remaining());
            int length = random.nextInt(8) == 0 ? random.nextInt(Math.min(most, 5) + 1) : random.nextInt(most + 1);
            destination.put(left.slice(left.position(), length));
            left.position(left.position() + length);
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Puts the records together again; looks at the first bytes of a large one when it may. */
    private static final class Collector implements ReplyReader.Sink {
        private final boolean takesLarge;
        private final List<Bytes> records = new ArrayList<>();
        private XdrWriter pieces = new XdrWriter();

        Collector(boolean takesLarge) {
            this.takesLarge = takesLarge;
        }

        @Override
        public void record(ByteBuffer buffer, int start, int end) {
            byte[] record = new byte[end - start];
            buffer.get(start, record);
            records.add(Bytes.of(record));
        }

        @Override
        public int beginLarge(ByteBuffer buffer, int start, int end) {
            if (!takesLarge) {
                return 0;
            }
            pieces = new XdrWriter();
            piece(buffer, start, LOOKED_AT);
            return LOOKED_AT;
        }

        @Override
        public void piece(ByteBuffer buffer, int start, int lengthBytes) {
            byte[] piece = new byte[lengthBytes];
            buffer.get(start, piece);
            pieces.putRaw(piece);
        }

        @Override
        public void endLarge() {
            records.add(Bytes.of(pieces.toArray()));
        }
    }
}
