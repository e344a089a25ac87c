package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.twinshare.replication.ship.Twins.inStep;
import static org.twinshare.replication.ship.Twins.sameRecords;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.ship.Twins.Primary;
import org.twinshare.replication.ship.Twins.Standby;
import org.twinshare.replication.ship.Twins.Wire;

/** A standby that is there is not left behind. */
@Timeout(60)
class KeepingUpTest {
    /** More than a thousand, and all bursts fit into the journal. */
    private static final int BURST_RECORDS = 1200;

    private static final int BURSTS = 3;

    @TempDir
    Path one;

    @TempDir
    Path two;

    /** While the primary is alone nothing holds it back, and in the time of one sync of the standby it may write a lot. */
    @Test
    void comesInStepWithAPrimaryThatWritesMuchDuringEachSyncOfTheStandby() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            AtomicInteger syncs = new AtomicInteger();
            AtomicBoolean inStepFarBehind = new AtomicBoolean();
            standby.onSync = () -> {
                int sync = syncs.getAndIncrement();
                if (sync <= BURSTS && isSoonInStep(primary)) {
                    inStepFarBehind.set(true);
                }
                if (sync < BURSTS && !inStepFarBehind.get()) {
                    appendBurst(primary);
                }
            };
            appendBurst(primary);
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);

            assertThat(inStepFarBehind).isTrue();
            sameRecords(primary, standby);
            assertThat(link).isNotDone();
        }
    }

    private static void appendBurst(Primary primary) {
        try {
            for (int i = 0; i < BURST_RECORDS - 1; i++) {
                long unusedSequence = primary.append();
            }
            primary.journal.awaitDurable(primary.append());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The standby says nothing new meanwhile. */
    private static boolean isSoonInStep(Primary primary) {
        try {
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> !primary.link.acknowledgement().isAlone());
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    /** The connection before is still ending then. One heartbeat's time for each of these replies would be eight minutes. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shipsEachRecordAtOnceBehindAConnectionThatFollowsTheOneBeforeAtOnce() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            Wire wire = Wire.connect();
            var first = Twins.connect(primary, standby, wire);
            inStep(primary, standby);
            wire.standby().leave("test");
            assertThat(first.get()).isInstanceOf(LinkEnd.Closed.class);

            var link = Twins.connect(primary, standby, Wire.connect());
            for (int i = 0; i < 1000; i++) {
                long answered = primary.answer();
                assertThat(standby.journal.durableSequence()).isGreaterThanOrEqualTo(answered);
            }
            assertThat(link).isNotDone();
        }
    }

    @Test
    void aFullJournalOfTheStandbyGivesUpWhatItsTreeDoesNotNeed() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            long twice = 2 * Twins.SETTINGS.maxBytes();
            while (primary.journal.statistics().bytes() < twice) {
                for (int i = 0; i < 50; i++) {
                    long unusedSequence = primary.append();
                }
                long answered = primary.answer();
                standby.applied.set(answered);
                primary.journal.releaseUpTo(answered, 0);
            }
            assertThat(standby.journal.statistics().oldestSequence()).isGreaterThan(1);
            assertThat(link).isNotDone();
        }
    }
}
