package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.twinshare.replication.ship.Twins.SOON_ALONE;
import static org.twinshare.replication.ship.Twins.inStep;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.replication.ship.Twins.Primary;
import org.twinshare.replication.ship.Twins.Standby;
import org.twinshare.replication.ship.Twins.Wire;

/** The standby asks, and the tree of the primary is slow. */
@Timeout(60)
class AnsweringTest {
    @TempDir
    Path one;

    @TempDir
    Path two;

    private Primary primary;
    private Standby standby;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch treeAnswers = new CountDownLatch(1);
    private long before;

    @BeforeEach
    void aQuestionIsUnderWay() throws Exception {
        primary = new Primary(one, SOON_ALONE);
        standby = new Standby(two);
        var unusedLink = Twins.connect(primary, standby, Wire.connect());
        inStep(primary, standby);
        before = primary.answer();
        primary.applied.set(before);
        await().until(() -> standby.mayApply == before);
        primary.onQuestion = () -> {
            asked.countDown();
            try {
                treeAnswers.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        Objects.requireNonNull(standby.way).ask(ByteBuffer.allocate(1));
        asked.await();
    }

    @AfterEach
    void close() throws Exception {
        treeAnswers.countDown();
        standby.close();
        primary.close();
    }

    @Test
    void recordsAndHeartbeatsDoNotWaitForIt() throws Exception {
        for (int i = 0; i < 100; i++) {
            long answered = primary.answer();
            assertThat(standby.journal.durableSequence()).isGreaterThanOrEqualTo(answered);
        }

        assertThat(primary.link.acknowledgement().isAlone()).isFalse();
        assertThat(standby.answers).isEmpty();
    }

    /** Otherwise the standby would carry out records, and put over them what was seen before them. */
    @Test
    void nothingIsAnnouncedBetweenTheLookAndTheAnswer() throws Exception {
        long after = primary.answer();
        primary.applied.set(after);
        // A heartbeat goes with each.
        for (int i = 0; i < 3; i++) {
            long unusedShipped = primary.answer();
        }
        assertThat(standby.mayApply).isEqualTo(before);

        treeAnswers.countDown();

        await().until(() -> standby.mayApply == after);
        assertThat(standby.answers).hasSize(1);
        assertThat(standby.mayApplyAtAnswer).isEqualTo(before);
    }
}
