package org.twinshare.replication.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The bytes of a frame and of a segment's header, put together by hand from the drawings. */
class FrameTest {
    private static final Nonce NONCE = new Nonce(0x0102_0304_0506_0708L);

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static int crc(byte[]... parts) {
        CRC32C crc = new CRC32C();
        for (byte[] part : parts) {
            crc.update(part);
        }
        return (int) crc.getValue();
    }

    @Test
    void isAsItIsDrawn() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        ByteBuffer body = ByteBuffer.wrap(hex("abcdef"));
        Frame.put(buffer, new JournalRecord(0x1122334455L, 7, (byte) 5, 0x0a0b0c0dL, -2, body));
        int returned = Frame.seal(buffer, 0, 0x1122334453L, 0xcafebabe, NONCE);

        byte[] nonce = hex("0102030405060708");
        byte[] length = hex("00000033");
        byte[] upToType = hex("0000001122334455 00000002 cafebabe 000000000a0b0c0d 00000007 05");
        byte[] namespace = hex("fffffffffffffffe");
        byte[] check = ByteBuffer.allocate(4)
                .putInt(crc(nonce, length, upToType, namespace))
                .array();
        byte[] check24 = {check[1], check[2], check[3]};
        int crc = crc(nonce, upToType, check24, namespace, hex("abcdef"));
        ByteBuffer expected = ByteBuffer.allocate(56)
                .put(length)
                .putInt(crc)
                .put(upToType)
                .put(check24)
                .put(namespace)
                .put(hex("abcdef 0000000000"))
                .flip();
        assertThat(returned).isEqualTo(crc);
        assertThat(buffer.flip()).isEqualTo(expected);
        assertThat(Frame.length(buffer, 0, NONCE)).isEqualTo(51);
        assertThat(Frame.durableSequence(buffer, 0)).isEqualTo(0x1122334453L);
    }

    @Test
    void isNoFrameInASegmentOfAnotherNonce() {
        ByteBuffer buffer = ByteBuffer.allocate(48);
        Frame.put(buffer, new JournalRecord(1, 0, (byte) 5, 1, 0, ByteBuffer.allocate(0)));
        Frame.seal(buffer, 0, 0, 0, NONCE);
        assertThat(Frame.length(buffer, 0, new Nonce(1))).isZero();
        assertThat(Frame.isSound(buffer, 0, 48, new Nonce(1))).isFalse();
        assertThat(Frame.isSound(buffer, 0, 48, NONCE)).isTrue();
    }

    /** The same sequence, whole, in its segment and in its place, but it follows another frame than the one before it. */
    @Test
    void endsTheChainWhereItFollowsAnother() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        SegmentHeader header = new SegmentHeader(1, 8192, NONCE, 1, 1);
        ByteBuffer frames = ByteBuffer.allocateDirect(96);
        Frame.put(frames, new JournalRecord(1, 0, (byte) 5, 1, 0, ByteBuffer.allocate(0)));
        Frame.put(frames, new JournalRecord(2, 0, (byte) 5, 2, 0, ByteBuffer.allocate(0)));
        for (int wrong = 0; wrong < 2; wrong++) {
            int crc = Frame.seal(frames, 0, 0, NONCE.firstCrc(), NONCE);
            Frame.seal(frames, 48, 0, crc ^ wrong, NONCE);
            JournalDisk.OpenFile file = disk.create("file");
            file.write(ByteBuffer.allocateDirect(8192), 0);
            file.write(frames.clear(), 4096);
            FrameWalk walk = FrameWalk.fromBeginning(new Window(file, Window.memory(8192)), header, 1);
            assertThat(walk.next()).isNotNull();
            assertThat(walk.next() != null).isEqualTo(wrong == 0);
        }
    }

    @Test
    void headerIsAsItIsDrawn() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        SegmentHeader header = new SegmentHeader(9, 64 << 20, NONCE, 77, 0x1234L);
        header.encode(buffer);
        byte[] expected = hex("54574a4f55524e4c 00000001 04000000 0000000000000009 0102030405060708"
                + "000000000000004d 0000000000001234");
        assertThat(buffer.slice(0, 48)).isEqualTo(ByteBuffer.wrap(expected));
        assertThat(buffer.getInt(48)).isEqualTo(crc(expected));
        assertThat(buffer.remaining()).isEqualTo(4096);
        assertThat(SegmentHeader.decode(buffer, "it")).isEqualTo(header);
    }
}
