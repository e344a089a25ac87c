package org.twinshare.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContentTest {

    @Test
    void isTheSameHoweverItIsCutUp() {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        ByteBuffer whole = filled(new Content.Origin(3, 0, 9), 10_000);
        for (int each = 0; each < 1000; each++) {
            int offset = random.nextInt(9_000);
            int length = random.nextInt(1_000);

            ByteBuffer piece = filled(new Content.Origin(3, offset, 9), length);

            assertThat(piece).isEqualTo(whole.slice(offset, length));
            assertThat(Content.check(whole, offset, new Content.Origin(3, offset, 9), length))
                    .isEmpty();
        }
    }

    @Test
    void findsAFlippedByteAndSaysWhereItIs() {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        for (int each = 0; each < 1000; each++) {
            int offset = random.nextInt(1 << 20);
            ByteBuffer content = filled(new Content.Origin(5, offset, 2), 333);
            int wrong = random.nextInt(333);
            content.put(wrong, (byte) (content.get(wrong) ^ (1 << random.nextInt(8))));

            assertThat(Content.check(content, 0, new Content.Origin(5, offset, 2), 333))
                    .hasValueSatisfying(text -> assertThat(text)
                            .startsWith("byte " + (offset + wrong) + " of file 5 is 0x")
                            .contains("(generation 2)"));
        }
    }

    @Test
    void tellsThatAnOlderWriteIsStillThere() {
        ByteBuffer content = filled(new Content.Origin(5, 4096, 1), 4096);

        assertThat(Content.check(content, 0, new Content.Origin(5, 4096, 2), 4096))
                .hasValueSatisfying(text ->
                        assertThat(text).endsWith("what is there belongs to file 5, offset 4096, generation 1"));
    }

    @Test
    void tellsThatAnotherFilesBytesAreThere() {
        ByteBuffer content = filled(new Content.Origin(5, 0, 1), 4096);
        content.position(64);
        Content.fill(content, new Content.Origin(77, 1 << 30, 6), 32);

        assertThat(Content.check(content, 0, new Content.Origin(5, 0, 1), 4096))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("byte 64 of file 5 ")
                        .endsWith("what is there belongs to file 77, offset 1073741824, generation 6"));
    }

    @Test
    void tellsThatBytesAreShifted() {
        ByteBuffer content = filled(new Content.Origin(5, 3, 1), 4096);

        assertThat(Content.check(content, 0, new Content.Origin(5, 0, 1), 4096))
                .hasValueSatisfying(text ->
                        assertThat(text).endsWith("belongs to file 5, offset 16, generation 1, and is shifted"));
    }

    @Test
    void tellsZerosFromBytesThatNobodyWrote() {
        ByteBuffer zeros = ByteBuffer.allocate(4096);
        ByteBuffer foreign = ByteBuffer.wrap("x".repeat(4096).getBytes(StandardCharsets.US_ASCII));

        assertThat(Content.check(zeros, 0, new Content.Origin(5, 0, 1), 4096))
                .hasValueSatisfying(text -> assertThat(text).endsWith("zeros are there, as in a hole"));
        assertThat(Content.check(foreign, 0, new Content.Origin(5, 0, 1), 4096))
                .hasValueSatisfying(
                        text -> assertThat(text).endsWith("a damaged byte, or bytes that this run did not write"));
    }

    @Test
    void keepsTheLargestFileNumberAndOffset() {
        Content.Origin far = new Content.Origin((1 << 24) - 1, ((1L << 40) - 1) * 16, Integer.MAX_VALUE);

        assertThat(Content.decode(filled(far, 16), 0)).contains(far);
    }

    private static ByteBuffer filled(Content.Origin begin, int lengthBytes) {
        ByteBuffer buffer = ByteBuffer.allocate(lengthBytes);
        Content.fill(buffer, begin, lengthBytes);
        assertThat(buffer.hasRemaining()).isFalse();
        return buffer.flip();
    }
}
