package org.twinshare.replication.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.replication.namespace.NamespaceChecksum.NameState;
import org.twinshare.replication.namespace.NamespaceChecksum.ObjectState;
import org.twinshare.replication.namespace.NamespaceChecksum.Settled;

class NamespaceChecksumTest {
    private static final byte[] NONE = {};
    private static final ObjectState FILE =
            new ObjectState(7, FileType.REGULAR, 0644, 1, 2, 0, NONE, new Settled(10, 20));

    /** One that is worked out each time from all there is. */
    private static long wholeOf(Map<Long, ObjectState> objects, Map<String, NameState> names) {
        long checksum = 0;
        for (ObjectState object : objects.values()) {
            checksum ^= NamespaceChecksum.of(object);
        }
        for (NameState name : names.values()) {
            checksum ^= NamespaceChecksum.of(name);
        }
        return checksum;
    }

    @Test
    void followedChangeByChangeIsThatOfTheWholeTree() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<Long, ObjectState> objects = new HashMap<>();
        Map<String, NameState> names = new HashMap<>();
        long checksum = 0;
        for (int i = 0; i < 2_000; i++) {
            long id = random.nextInt(20);
            String name = "name" + random.nextInt(20);
            ObjectState object = random.nextInt(3) == 0
                    ? null
                    : new ObjectState(
                            id,
                            FileType.REGULAR,
                            random.nextInt(010000),
                            0,
                            0,
                            0,
                            NONE,
                            random.nextBoolean() ? null : new Settled(random.nextInt(5), random.nextInt(5)));
            NameState link = random.nextInt(3) == 0 ? null : new NameState(1, Name.of(name), id);
            checksum ^= NamespaceChecksum.change(object == null ? objects.remove(id) : objects.put(id, object), object);
            checksum ^= NamespaceChecksum.change(link == null ? names.remove(name) : names.put(name, link), link);
            assertThat(checksum).as("seed " + seed + ", change " + i).isEqualTo(wholeOf(objects, names));
        }
    }

    @Test
    void isTheSameInAnyOrderAndZeroForNothing() {
        List<Long> parts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            parts.add(NamespaceChecksum.of(new NameState(1, Name.of("n" + i), i)));
        }
        long forwards = parts.stream().reduce(0L, (a, b) -> a ^ b);
        Collections.reverse(parts);
        assertThat(parts.stream().reduce(0L, (a, b) -> a ^ b)).isEqualTo(forwards);
        ObjectState nothing = null;
        assertThat(NamespaceChecksum.change(nothing, nothing)).isZero();
        assertThat(NamespaceChecksum.change(FILE, FILE)).isZero();
    }

    @Test
    void everyFieldCounts() {
        assertThat(List.of(
                        FILE,
                        new ObjectState(8, FileType.REGULAR, 0644, 1, 2, 0, NONE, new Settled(10, 20)),
                        new ObjectState(7, FileType.FIFO, 0644, 1, 2, 0, NONE, new Settled(10, 20)),
                        new ObjectState(7, FileType.REGULAR, 0645, 1, 2, 0, NONE, new Settled(10, 20)),
                        new ObjectState(7, FileType.REGULAR, 0644, 3, 2, 0, NONE, new Settled(10, 20)),
                        new ObjectState(7, FileType.REGULAR, 0644, 1, 3, 0, NONE, new Settled(10, 20)),
                        new ObjectState(7, FileType.REGULAR, 0644, 1, 2, 1, NONE, new Settled(10, 20)),
                        new ObjectState(7, FileType.REGULAR, 0644, 1, 2, 0, new byte[] {0}, new Settled(10, 20)),
                        new ObjectState(7, FileType.REGULAR, 0644, 1, 2, 0, NONE, new Settled(11, 20)),
                        new ObjectState(7, FileType.REGULAR, 0644, 1, 2, 0, NONE, new Settled(10, 21)),
                        new ObjectState(7, FileType.REGULAR, 0644, 1, 2, 0, NONE, null)))
                .extracting(NamespaceChecksum::of)
                .doesNotHaveDuplicates();
        assertThat(List.of(
                        new NameState(1, Name.of("a"), 2),
                        new NameState(2, Name.of("a"), 1),
                        new NameState(1, Name.of("b"), 2),
                        new NameState(1, Name.of("a"), 3)))
                .extracting(NamespaceChecksum::of)
                .doesNotHaveDuplicates();
    }

    /** Written down in docs/journal.md; another number would make every standby differ from its primary. */
    @Test
    void isSipHashOfTheFieldsInTheirOrder() {
        ByteBuffer object = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        object.put((byte) 1)
                .putLong(7)
                .putInt(0100644)
                .putInt(1)
                .putInt(2)
                .putLong(0)
                .putInt(0);
        object.putLong(10).putLong(20).flip();
        var hash = Hashing.sipHash24(0x5477696e73686172L, 0x654e616d65737061L);
        assertThat(NamespaceChecksum.of(FILE)).isEqualTo(hash.hashBytes(object).asLong());
        ByteBuffer name = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        name.put((byte) 2).putLong(1).putLong(2).put((byte) 'a').flip();
        assertThat(NamespaceChecksum.of(new NameState(1, Name.of("a"), 2)))
                .isEqualTo(hash.hashBytes(name).asLong());
    }
}
