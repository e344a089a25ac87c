package org.twinshare.fileserver.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.exports.options.Credential.AuthSys;

/** Rule 2: the header of a call (RFC 5531 section 9), honest and damaged. */
class CallDecoderTest {
    private final CallDecoder decoder = new CallDecoder();

    private static byte[] call(Credential credential) {
        return new RpcCall(7, 2, 100003, 3, 1, credential, Bytes.ofHex("00000000")).toRecord();
    }

    private CallDecoder.Decoded decode(byte[] record) {
        return decoder.decode(ByteBuffer.wrap(record));
    }

    @Test
    void readsTheHeaderAndStopsAtTheArguments() {
        ByteBuffer record = ByteBuffer.wrap(call(Credential.of(33, 44, 5L, 6L)));

        AuthSys expected = new AuthSys(33, 44, ImmutableIntArray.of(5, 6));
        assertThat(decoder.decode(record))
                .isEqualTo(new CallDecoder.Decoded.Good(new CallHeader(7, 100003, 3, 1, expected)));
        assertThat(record.remaining()).isEqualTo(4);
    }

    @Test
    void tellsTwoCallersOnOneConnectionApart() {
        for (long uid : new long[] {1, 2, 1, 0xffff_fffeL}) {
            CallDecoder.Decoded.Good good = (CallDecoder.Decoded.Good) decode(call(Credential.of(uid, 9)));
            assertThat(good.header().credential()).isEqualTo(new AuthSys((int) uid, 9, ImmutableIntArray.of()));
        }
    }

    /** Fixed records that each broke some server: what is cut off, lies about its length, or is no call. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "'', Hopeless",
        "00000007, Hopeless",
        "0000000700000001, Hopeless",
        "00000007ffffffff, Hopeless",
        "0000000700000000, Hopeless",
        "000000070000000000000002000186a3, Hopeless",
        "00000007000000000000000300000000000000000000000000000000, OtherRpcVersion",
        "000000070000000000000002000186a30000000300000001, BadCredential",
        "000000070000000000000002000186a300000003000000010000000100000194, BadCredential",
        "000000070000000000000002000186a30000000300000001000000017fffffff, BadCredential",
        "000000070000000000000002000186a3000000030000000100000001ffffffff, BadCredential",
        "000000070000000000000002000186a3000000030000000100000001000000050000000000000000, BadCredential",
        "000000070000000000000002000186a300000003000000010000000000000000, BadCredential",
        "000000070000000000000002000186a30000000300000001000000000000000000000000ffffffff, BadCredential",
        "000000070000000000000002000186a3000000030000000100000006000000000000000000000000, BadCredential",
        "000000070000000000000002000186a3000000030000000100000001000000140000000000000100"
                + "00000000000000000000000000000000, BadCredential",
        "000000070000000000000002000186a3000000030000000100000001000000140000000000000000"
                + "0000000000000000400000000000000000000000, BadCredential"
    })
    void rule2RefusesWhatIsNoProperHeader(String hex, String expected) {
        assertThat(decode(Bytes.ofHex(hex).toArray()).getClass().getSimpleName())
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void rule2OutlivesAnyDamage(long seed) {
        Random random = new Random(seed);
        byte[] honest =
                call(Credential.of(0, 0, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L));
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = Arrays.copyOf(honest, random.nextInt(honest.length + 40));
            for (int j = random.nextInt(4); j > 0 && damaged.length > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            if (decode(damaged) instanceof CallDecoder.Decoded.Good good
                    && good.header().credential() instanceof AuthSys system) {
                assertThat(system.groups().length()).isLessThanOrEqualTo(16);
            }
        }
    }
}
