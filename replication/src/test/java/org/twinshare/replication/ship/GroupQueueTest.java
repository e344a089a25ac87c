package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class GroupQueueTest {
    @Test
    void keepsNoMoreOfWhatIsNotShippedThanItMay() throws Exception {
        LagMeter meter = new LagMeter(0, System.nanoTime());
        GroupQueue queue = new GroupQueue(meter, 1000);
        queue.group(ByteBuffer.allocate(100), 1, 1);
        assertThat(queue.bytes()).as("while nobody ships").isZero();
        queue.open(true);
        for (int i = 2; i < 30; i++) {
            queue.group(ByteBuffer.allocate(100), i, i);
        }
        assertThat(queue.bytes()).isEqualTo(1000);
        assertThat(queue.take(5, 0)).as("gone, and in the files").isNull();
        assertThat(queue.take(22, 0))
                .extracting(GroupQueue.Taken::firstSequence)
                .isEqualTo(22L);
        assertThat(queue.firstKept()).isEqualTo(23L);
        assertThat(meter.behind(9, System.nanoTime()).bytes()).isGreaterThanOrEqualTo(2000);
    }
}
