package org.twinshare.fileserver.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a pipe hands the output over, it is the same fields. */
class FieldsTest {
    private static final String LONG = "x".repeat(200_000);

    /** Hands out so many bytes at a time. */
    private static InputStream pieces(String text, int bytes) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, bytes));
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 65_536, 1_000_000})
    void readsEachFieldAsAWhole(int bytes) throws IOException {
        Fields fields = new Fields(pieces("f\0\0\u00e9\n\0" + LONG + "\0last\0cut off", bytes));

        List<String> read = new ArrayList<>();
        for (String field = fields.next(null); field != null; field = fields.next(field)) {
            read.add(field);
        }

        assertThat(read).containsExactly("f", "", "\u00e9\n", LONG, "last");
    }

    @Test
    void whatIsTheSameAsExpectedIsThatString() throws IOException {
        String expected = new String("0:0".toCharArray());
        Fields fields = new Fields(pieces("0:0\0" + "0:1\0" + "0:0:\0", 2));

        assertThat(fields.next(expected)).isSameAs(expected);
        assertThat(fields.next(expected)).isEqualTo("0:1");
        assertThat(fields.next(expected)).isEqualTo("0:0:");
    }
}
