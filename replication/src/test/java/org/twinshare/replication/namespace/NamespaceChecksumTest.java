package org.twinshare.replication.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Touched;
import org.twinshare.filestore.Touched.Settled;

class NamespaceChecksumTest {
    private static final Touched FILE = new Touched(7, FileType.REGULAR, 0644, 1, 2, 0, new Settled(10, 20));
    private static final Touched DIRECTORY = new Touched(3, FileType.DIRECTORY, 0755, 1, 2, 0, null);

    private static long of(Touched... touched) {
        return NamespaceChecksum.of(List.of(touched));
    }

    @Test
    void isTheSameInAnyOrderAndNothingForNothing() {
        assertThat(of(FILE, DIRECTORY)).isEqualTo(of(DIRECTORY, FILE)).isNotEqualTo(of(FILE));
        assertThat(of()).isEqualTo(NamespaceChecksum.NOTHING);
    }

    @Test
    void everyFieldCounts() {
        assertThat(List.of(
                        FILE,
                        new Touched(8, FileType.REGULAR, 0644, 1, 2, 0, new Settled(10, 20)),
                        new Touched(7, FileType.FIFO, 0644, 1, 2, 0, new Settled(10, 20)),
                        new Touched(7, FileType.REGULAR, 0645, 1, 2, 0, new Settled(10, 20)),
                        new Touched(7, FileType.REGULAR, 0644, 3, 2, 0, new Settled(10, 20)),
                        new Touched(7, FileType.REGULAR, 0644, 1, 3, 0, new Settled(10, 20)),
                        new Touched(7, FileType.REGULAR, 0644, 1, 2, 1, new Settled(10, 20)),
                        new Touched(7, FileType.REGULAR, 0644, 1, 2, 0, new Settled(11, 20)),
                        new Touched(7, FileType.REGULAR, 0644, 1, 2, 0, new Settled(10, 21))))
                .extracting(NamespaceChecksumTest::of)
                .doesNotHaveDuplicates()
                .allSatisfy(other ->
                        assertThat(NamespaceChecksum.agree(of(FILE), other)).isEqualTo(other == of(FILE)));
    }

    @Test
    void whatOneSideDoesNotSayIsNoDifference() {
        assertThat(NamespaceChecksum.agree(of(FILE), of(FILE.unsettled()))).isTrue();
        assertThat(NamespaceChecksum.agree(of(FILE.unsettled()), of(FILE))).isTrue();
        assertThat(NamespaceChecksum.agree(NamespaceChecksum.NOTHING, of(FILE))).isTrue();
        Touched otherMode = new Touched(7, FileType.REGULAR, 0600, 1, 2, 0, null);
        assertThat(NamespaceChecksum.agree(of(FILE), of(otherMode))).isFalse();
    }

    /** Written down in docs/journal.md; another number would make every standby differ from its primary. */
    @Test
    void isSipHashOfTheFieldsInTheirOrder() {
        HashFunction hash = Hashing.sipHash24(0x5477696e73686172L, 0x654e616d65737061L);
        ByteBuffer attributes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        attributes.put((byte) 1).putLong(7).putInt(0100644).putInt(1).putInt(2).putLong(0);
        ByteBuffer settled = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        settled.put((byte) 2).putLong(7).putLong(10).putLong(20);
        assertThat((int) (of(FILE) >>> 32))
                .isEqualTo((int) hash.hashBytes(attributes.flip()).asLong());
        assertThat((int) of(FILE))
                .isEqualTo((int) hash.hashBytes(settled.flip()).asLong());
    }
}
