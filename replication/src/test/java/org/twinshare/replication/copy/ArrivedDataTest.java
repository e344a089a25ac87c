package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivedDataTest {
    private static final int PART_BYTES = 1 << 20;
    private static final int PARTS = 40;

    @TempDir
    Path directory = Path.of("");

    private static ByteBuffer bytes(long sequence) {
        byte[] bytes = new byte[PART_BYTES];
        new Random(sequence).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void whatDoesNotFitIntoMemoryIsKeptInAFileAndGivesItsPlaceBack() {
        try (ArrivedData arrived = new ArrivedData(directory)) {
            for (long sequence = 1; sequence <= PARTS; sequence++) {
                arrived.put(sequence, 7, sequence * PART_BYTES, bytes(sequence));
                // As they come again on another connection.
                arrived.put(sequence, 7, sequence * PART_BYTES, bytes(sequence));
            }
            long inMemory = ArrivedData.MAX_MEMORY_BYTES / PART_BYTES;
            assertThat(arrived.fileBytes()).isEqualTo((PARTS - inMemory) * PART_BYTES);
            assertThat(arrived.ofObject(7, 0)).hasSize(PARTS);
            assertThat(arrived.ofObject(7, 3)).hasSize(PARTS - 3);
            ByteBuffer into = ByteBuffer.allocateDirect(PART_BYTES);
            for (long sequence = 1; sequence <= PARTS; sequence++) {
                List<ArrivedData.Part> parts = arrived.of(sequence);
                assertThat(parts).hasSize(1);
                assertThat(parts.getFirst().offsetBytes()).isEqualTo(sequence * PART_BYTES);
                assertThat(parts.getFirst().bytes(into))
                        .as("record %d", sequence)
                        .isEqualTo(bytes(sequence));
            }
            arrived.forget(PARTS - 1);
            assertThat(arrived.fileBytes()).isPositive();
            arrived.forget(PARTS);
            assertThat(arrived.fileBytes()).isZero();
            assertThat(directory.resolve("arrived.tmp")).isEmptyFile();
        }
    }
}
