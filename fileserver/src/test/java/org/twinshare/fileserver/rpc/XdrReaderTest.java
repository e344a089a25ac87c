package org.twinshare.fileserver.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.client.probe.Bytes;

/** The encodings of RFC 4506, and rule 2: no length is believed. */
class XdrReaderTest {
    private static XdrReader of(String hex) {
        return new XdrReader(ByteBuffer.wrap(Bytes.ofHex(hex).toArray()));
    }

    @Test
    void readsNumbers() throws GarbageArguments {
        XdrReader in = of("fffffffe" + "0102030405060708" + "00000001" + "00000000" + "00000002");

        assertThat(in.readInt()).isEqualTo(-2);
        assertThat(in.readLong()).isEqualTo(0x0102030405060708L);
        assertThat(in.readBoolean()).isTrue();
        assertThat(in.readBoolean()).isFalse();
        assertThat(in.readEnum(2)).isEqualTo(2);
        in.requireEnd();
    }

    @Test
    void readsOpaqueDataAndPassesOverItsPadding() throws GarbageArguments {
        XdrReader in = of("00000005" + "6162636465000000" + "0000002a");

        assertThat(in.readOpaque(5)).isEqualTo("abcde".getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readInt()).isEqualTo(42);
    }

    @Test
    void readsAWindowOnOpaqueData() throws GarbageArguments {
        XdrReader in = of("00000003" + "61626300" + "0000002a");

        ByteBuffer window = in.readOpaqueInPlace(3);
        assertThat(window.remaining()).isEqualTo(3);
        assertThat(window.get(2)).isEqualTo((byte) 'c');
        assertThat(in.readInt()).isEqualTo(42);
    }

    @Test
    void readsFixedOpaqueDataAndNumbersWithACount() throws GarbageArguments {
        XdrReader in = of("6100000000" + "000000" + "00000002" + "00000007" + "ffffffff");

        assertThat(in.readFixedOpaque(5)).containsExactly('a', 0, 0, 0, 0);
        assertThat(in.readInts(2)).containsExactly(7, -1);
        in.requireEnd();
    }

    @ParameterizedTest(name = "length {0}")
    @ValueSource(strings = {"00000006", "7fffffff", "80000000", "ffffffff", "fffffffd", "3fffffff", "40000000"})
    void rule2BelievesNoLength(String length) {
        String call = length + "0000000000000000";

        assertThatThrownBy(() -> of(call).readOpaque(5)).isInstanceOf(GarbageArguments.class);
        if (!length.equals("00000006")) {
            assertThatThrownBy(() -> of(call).readOpaque(Integer.MAX_VALUE)).isInstanceOf(GarbageArguments.class);
            assertThatThrownBy(() -> of(call).readInts(Integer.MAX_VALUE)).isInstanceOf(GarbageArguments.class);
        }
        assertThatThrownBy(() -> of(call).skipOpaque(5)).isInstanceOf(GarbageArguments.class);
        assertThatThrownBy(() -> of(call).readOpaqueInPlace(5)).isInstanceOf(GarbageArguments.class);
        assertThatThrownBy(() -> of(call).readInts(5)).isInstanceOf(GarbageArguments.class);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", "00", "000000", "00000001", "0000000161", "00000004616263"})
    void rule2ReadsNothingBehindTheEnd(String call) {
        assertThatThrownBy(() -> {
                    XdrReader in = of(call);
                    in.readOpaque(100);
                    in.readInt();
                })
                .isInstanceOf(GarbageArguments.class);
        assertThatThrownBy(() -> of(call).readLong()).isInstanceOf(GarbageArguments.class);
        assertThatThrownBy(() -> of(call).skipLong()).isInstanceOf(GarbageArguments.class);
        assertThatThrownBy(() -> of(call).readFixedOpaque(8)).isInstanceOf(GarbageArguments.class);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"00000002", "ffffffff", "01000000"})
    void takesNoOtherBooleansAndChoices(String value) {
        assertThatThrownBy(() -> of(value).readBoolean()).isInstanceOf(GarbageArguments.class);
        assertThatThrownBy(() -> of(value).readEnum(1)).isInstanceOf(GarbageArguments.class);
    }
}
