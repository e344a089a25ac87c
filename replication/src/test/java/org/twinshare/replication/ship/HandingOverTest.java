package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.twinshare.replication.ship.Twins.inStep;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
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

    /** Which comes as soon as the first one has ended, and before what was handed over is taken. */
    @Test
    void theNextConnectionOfAPrimaryThatHasHandedOverChangesNothing() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            primary.answer();
            assertThat(primary.link.signOff(true, Duration.ofSeconds(10))).isTrue();
            assertThat(link.join()).isEqualTo(new LinkEnd.HandedOver());

            var next = Twins.connect(primary, standby, Wire.connect());

            assertThat(next.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(new LinkEnd.Closed(Ended.CLOSED_HERE));
            assertThat(standby.link.promote(new Failover(ZoneOffset.UTC), Wish.PLAIN, Terms.DEFAULT))
                    .isInstanceOf(Answer.Go.class);
        }
    }

    /** They are on the disk that has failed; nobody was answered for them. */
    @Test
    void aPrimaryWhoseDiskHasFailedHandsOverThoughTheStandbyLacksBytes() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            standby.lacksData = true;
            primary.journal.awaitDurable(primary.append());

            assertThat(primary.link.giveUp(Duration.ofSeconds(10))).isTrue();

            assertThat(link.join()).isEqualTo(new LinkEnd.HandedOver());
            assertThat(standby.link.promote(new Failover(ZoneOffset.UTC), Wish.PLAIN, Terms.DEFAULT))
                    .isInstanceOf(Answer.Go.class);
        }
    }

    @Test
    void aPrimaryWhoseDiskHasFailedDoesNotHandOverToAStandbyThatHasNotHadEverythingSinceItConnected() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            Wire wire = Wire.connect();
            var link = Twins.connect(primary, standby, wire);
            inStep(primary, standby);
            wire.standby().leave("test");
            link.join();
            standby.lacksData = true;
            var again = Twins.connect(primary, standby, Wire.connect());
            await().until(primary.link::isConnected);

            assertThat(primary.link.giveUp(Duration.ofSeconds(10))).isFalse();

            assertThat(again).isNotDone();
        }
    }
}
