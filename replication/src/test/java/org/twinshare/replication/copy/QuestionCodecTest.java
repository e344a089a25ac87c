package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;

class QuestionCodecTest {
    private static final Slot SLOT = new Slot(7, Name.of("häuser"));

    static List<Ask> questions() {
        return List.of(
                new Ask.Roots(),
                new Ask.Directory(1L << 50, Long.MAX_VALUE),
                new Ask.Objects(true, List.of(1L, -2L)),
                new Ask.Bytes(3, 1L << 40, Ask.MAX_COUNT),
                new Ask.Names(List.of(SLOT)),
                new Ask.Sums(SumKind.SHA_256, 4, 5, Ask.MAX_BLOCKS));
    }

    @ParameterizedTest
    @MethodSource("questions")
    void aQuestionIsTheSameOnTheOtherSide(Ask ask) throws Exception {
        assertThat(Ask.decode(ask.encode())).isEqualTo(ask);
    }

    @ParameterizedTest
    @MethodSource("questions")
    void aQuestionThatEndsTooEarlyIsRefused(Ask ask) {
        byte[] bytes = ask.encode();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Ask.decode(cut)).isInstanceOf(MalformedQuestion.class);
        }
    }

    private static ObjectDescription link() {
        return new ObjectDescription(
                9,
                FileType.SYMLINK,
                0777,
                -2,
                100,
                1L << 32,
                3,
                -1,
                2,
                3,
                1,
                new byte[] {'a'},
                77L,
                true,
                List.of(SLOT));
    }

    @Test
    void anObjectIsTheSameOnTheOtherSide() throws Exception {
        Answer.Objects answer = new Answer.Objects(42, List.of(link()));
        Answer.Objects there = (Answer.Objects) Answer.decode(answer.encode());
        assertThat(there).usingRecursiveComparison().isEqualTo(answer);
    }

    @Test
    void bytesThatChangedOnTheWayAreRefused() {
        byte[] bytes = new Answer.Bytes(1, 2, 3, 4, new byte[] {5, 6, 7, 8}).encode();
        bytes[bytes.length - 1] ^= 1;
        assertThatThrownBy(() -> Answer.decode(bytes)).isInstanceOf(MalformedQuestion.class);
    }

    @Test
    void moreThanThereMayBeIsRefusedBeforeMemoryIsTaken() {
        byte[] objects = ByteBuffer.allocate(13)
                .put((byte) 3)
                .putLong(1)
                .putInt(Integer.MAX_VALUE)
                .array();
        assertThatThrownBy(() -> Answer.decode(objects)).isInstanceOf(MalformedQuestion.class);
        byte[] ask = ByteBuffer.allocate(6)
                .put((byte) 3)
                .put((byte) 1)
                .putInt(Integer.MAX_VALUE)
                .array();
        assertThatThrownBy(() -> Ask.decode(ask)).isInstanceOf(MalformedQuestion.class);
    }
}
