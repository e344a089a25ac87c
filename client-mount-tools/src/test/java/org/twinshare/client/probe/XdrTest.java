package org.twinshare.client.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The bytes are written down by hand from RFC 4506. */
class XdrTest {

    @Test
    void writesNumbersBigEndianInFourOrEightBytes() {
        XdrWriter out = new XdrWriter()
                .putInt(-2)
                .putUnsigned(4_294_967_295L)
                .putLong(0x0102030405060708L)
                .putBoolean(true)
                .putBoolean(false);

        assertThat(hex(out)).isEqualTo("fffffffe" + "ffffffff" + "0102030405060708" + "00000001" + "00000000");
    }

    @Test
    void padsOpaqueDataWithZeroBytesToAMultipleOfFour() {
        XdrWriter out = new XdrWriter()
                .putOpaque(Bytes.ofHex("aa"))
                .putOpaque(Bytes.ofHex("aabbccdd"))
                .putOpaque(Bytes.EMPTY)
                .putOpaque(new byte[] {1, 2, 3, 4, 5});

        assertThat(hex(out))
                .isEqualTo("00000001" + "aa000000" + "00000004" + "aabbccdd" + "00000000" + "00000005"
                        + "0102030405000000");
    }

    @Test
    void refusesToWriteANumberThatDoesNotFit() {
        assertThatThrownBy(() -> new XdrWriter().putUnsigned(1L << 32)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new XdrWriter().putUnsigned(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void growsBeyondItsFirstCapacity() {
        XdrWriter out = new XdrWriter();
        for (int each = 0; each < 1000; each++) {
            out.putInt(each);
        }

        assertThat(out.length()).isEqualTo(4000);
        assertThat(hex(out)).endsWith("000003e7");
    }

    @Test
    void readsWhatItWrites() throws MalformedReplyException {
        XdrReader in = reader("ffffffff" + "0102030405060708" + "00000001" + "00000003" + "61620a00" + "00000000");

        assertThat(in.getUnsigned()).isEqualTo(4_294_967_295L);
        assertThat(in.getLong()).isEqualTo(0x0102030405060708L);
        assertThat(in.getBoolean()).isTrue();
        assertThat(in.getOpaque(255)).isEqualTo(Bytes.of("ab\n"));
        assertThat(in.getOptional(XdrReader::getInt)).isEmpty();
        in.expectEnd();
    }

    @Test
    void refusesWhatIsNotXdr() {
        assertMalformed("00000002", XdrReader::getBoolean, "a boolean is 2");
        assertMalformed("000000", XdrReader::getInt, "ends too early");
        assertMalformed("00000001" + "aa000001", in -> in.getOpaque(255), "padding that is not zero");
        assertMalformed("00000001" + "aa", in -> in.getOpaque(255), "ends too early");
        assertMalformed("ffffffff", in -> in.getOpaque(255), "a length of 4294967295 where at most 255 is allowed");
    }

    @Test
    void tellsWhatIsLeftOver() throws MalformedReplyException {
        XdrReader in = reader("00000001" + "00000002");
        in.getInt();

        assertThatThrownBy(in::expectEnd).hasMessage("4 bytes left over, at byte 4 of 8");
    }

    private static void assertMalformed(String hex, XdrReader.Decoder<?> decoder, String message) {
        assertThatThrownBy(() -> decoder.decode(reader(hex)))
                .isInstanceOf(MalformedReplyException.class)
                .hasMessageContaining(message);
    }

    private static XdrReader reader(String hex) {
        return new XdrReader(Bytes.ofHex(hex).toArray());
    }

    private static String hex(XdrWriter out) {
        return Bytes.of(out.toArray()).toHex();
    }
}
