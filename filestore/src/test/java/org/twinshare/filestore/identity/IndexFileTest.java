package org.twinshare.filestore.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing the file takes the memory away that readers look at. */
class IndexFileTest {
    private static final int READERS = 4;
    private static final Key KEY = Key.of(Table.COOKIES, 7);

    @TempDir
    Path directory = Path.of("");

    @Test
    void whoReadsDuringCloseGetsAnAnswerOrAnException() throws Exception {
        for (int round = 0; round < 20; round++) {
            IndexFile file = new IndexFile(directory);
            PendingChanges changes = new PendingChanges();
            changes.others.put(KEY, Optional.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
            file.commit(changes);
            try (ExecutorService threads = Executors.newCachedThreadPool()) {
                CountDownLatch reading = new CountDownLatch(READERS);
                List<Future<?>> readers = new ArrayList<>();
                for (int i = 0; i < READERS; i++) {
                    readers.add(threads.submit(() -> readUntilClosed(file, reading)));
                }
                reading.await();
                file.close();
                for (Future<?> reader : readers) {
                    assertThatThrownBy(reader::get).hasMessageContaining("the index is closed");
                }
            }
        }
    }

    private static void readUntilClosed(IndexFile file, CountDownLatch reading) {
        for (int i = 0; ; i++) {
            Long found = file.get(KEY, ByteBuffer::getLong);
            assertThat(found).isEqualTo(0x0102030405060708L);
            file.scan(KEY, key -> assertThat(key).isEqualTo(KEY));
            if (i == 0) {
                reading.countDown();
            }
        }
    }
}
