package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.twinshare.replication.ship.Twins.inStep;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.replication.channel.Ended;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Failover;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.Wish;
import org.twinshare.replication.ship.Twins.Primary;
import org.twinshare.replication.ship.Twins.Standby;
import org.twinshare.replication.ship.Twins.Wire;

/** What a primary says last, and what a standby makes of it. */
@Timeout(60)
class HandingOverTest {
    @TempDir
    Path one;

    @TempDir
    Path two;

    private Primary primary;
    private Standby standby;
    private Wire wire;
    private CompletableFuture<LinkEnd> link;

    @BeforeEach
    void areInStep() throws Exception {
        primary = new Primary(one, Terms.DEFAULT);
        standby = new Standby(two);
        wire = Wire.connect();
        link = Twins.connect(primary, standby, wire);
        inStep(primary, standby);
        long unusedAnswered = primary.answer();
    }

    @AfterEach
    void close() throws Exception {
        standby.close();
        primary.close();
    }

    private void standbyMayTakeOver() throws Exception {
        assertThat(standby.link.promote(new Failover(ZoneOffset.UTC), Wish.PLAIN, Terms.DEFAULT))
                .isInstanceOf(Answer.Go.class);
    }

    /** It is about to stop, and does; whoever follows asks what there is. */
    @Test
    void aConnectionThatEndsWhileThePrimarySignsOffIsNoFault() throws Exception {
        standby.onSync = () -> wire.primary().close("test");
        long unusedSequence = primary.append();

        assertThat(primary.link.signOff(false, Duration.ofSeconds(1))).isFalse();
    }

    /** Which comes as soon as the first one has ended, and before what was handed over is taken. */
    @Test
    void theNextConnectionOfAPrimaryThatHasHandedOverChangesNothing() throws Exception {
        assertThat(primary.link.signOff(true, Duration.ofSeconds(10))).isTrue();
        assertThat(link.join()).isEqualTo(new LinkEnd.HandedOver());

        var next = Twins.connect(primary, standby, Wire.connect());

        assertThat(next.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(new LinkEnd.Closed(Ended.CLOSED_HERE));
        standbyMayTakeOver();
    }

    /** They are on the disk that has failed; nobody was answered for them. */
    @Test
    void aPrimaryWhoseDiskHasFailedHandsOverThoughTheStandbyLacksBytes() throws Exception {
        standby.lacksData = true;
        primary.journal.awaitDurable(primary.append());

        assertThat(primary.link.giveUp(Duration.ofSeconds(10))).isTrue();

        assertThat(link.join()).isEqualTo(new LinkEnd.HandedOver());
        standbyMayTakeOver();
    }

    @Test
    void aPrimaryWhoseDiskHasFailedDoesNotHandOverToAStandbyThatHasNotHadEverythingSinceItConnected() throws Exception {
        wire.standby().leave("test");
        link.join();
        standby.lacksData = true;
        var again = Twins.connect(primary, standby, Wire.connect());
        await().until(primary.link::isConnected);

        assertThat(primary.link.giveUp(Duration.ofSeconds(10))).isFalse();

        assertThat(again).isNotDone();
    }
}
