package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class GroupQueueTest {
    @Test
    void keepsNoMoreOfWhatIsNotShippedThanItMay() throws Exception {
        GroupQueue queue = new GroupQueue(1000);
        for (int i = 2; i < 30; i++) {
            queue.add(ByteBuffer.allocate(100), i, i);
        }
        assertThat(queue.bytes()).isEqualTo(1000);
        assertThat(queue.take(5, 0)).as("gone, and in the files").isNull();
        assertThat(queue.take(22, 0))
                .extracting(GroupQueue.Taken::firstSequence)
                .isEqualTo(22L);
        assertThat(queue.firstKept()).isEqualTo(23L);

        queue.end();
        queue.add(ByteBuffer.allocate(100), 30, 30);
        assertThat(queue.bytes()).as("while nobody ships").isZero();
        assertThat(queue.take(30, Long.MAX_VALUE)).as("nor is waited for").isNull();
    }
}
