package org.twinshare.replication.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.twinshare.replication.ship.Twins.SOON_ALONE;
import static org.twinshare.replication.ship.Twins.inStep;
import static org.twinshare.replication.ship.Twins.sameRecords;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.replication.channel.Ended;
import org.twinshare.replication.journal.CopiedJournal;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.LostTail;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.role.AckMode;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.Failover;
import org.twinshare.replication.role.Role;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.Wish;
import org.twinshare.replication.role.WithoutStandby;
import org.twinshare.replication.ship.Twins.Primary;
import org.twinshare.replication.ship.Twins.Standby;
import org.twinshare.replication.ship.Twins.Wire;

@Timeout(60)
class ShippingTest {
    private static final Terms BLOCK =
            new Terms(AckMode.REMOTE_DISK, WithoutStandby.BLOCK, Duration.ofSeconds(1), Duration.ofMillis(1500));

    @TempDir
    Path one;

    @TempDir
    Path two;

    @Test
    void shipsEverythingThatWasThereAndThatComes() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            for (int i = 0; i < 500; i++) {
                primary.answer();
            }
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            for (int i = 0; i < 500; i++) {
                long answered = primary.answer();
                assertThat(standby.journal.durableSequence()).isGreaterThanOrEqualTo(answered);
            }
            sameRecords(primary, standby);
            assertThat(link).isNotDone();
        }
    }

    @Test
    void goesOnWhereItWasAfterAnotherConnectionAndWithRecordsMeanwhile() throws Exception {
        try (Primary primary = new Primary(one, SOON_ALONE);
                Standby standby = new Standby(two)) {
            Wire wire = Wire.connect();
            var link = Twins.connect(primary, standby, wire);
            inStep(primary, standby);
            wire.standby().leave("test");
            assertThat(link.join()).isEqualTo(new LinkEnd.Closed(Ended.CLOSED_HERE));
            for (int i = 0; i < 300; i++) {
                primary.answer();
            }
            assertThat(primary.link.acknowledgement().isAlone()).isTrue();
            var again = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            primary.answer();
            sameRecords(primary, standby);
            assertThat(again).isNotDone();
        }
    }

    @Test
    void recordsThatItIsAloneBeforeTheFirstReplyGivenAlone() throws Exception {
        try (Primary primary = new Primary(one, SOON_ALONE);
                Standby standby = new Standby(two)) {
            Wire wire = Wire.connect();
            var link = Twins.connect(primary, standby, wire);
            inStep(primary, standby);
            wire.standby().leave("test");
            link.join();
            long begin = System.nanoTime();
            long answered = primary.answer();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(1));
            assertThat(primary.roleFile.state().alone()).isTrue();
            assertThat(lastAlone(primary)).isGreaterThan(answered);
            assertThat(primary.journal.durableSequence()).isGreaterThanOrEqualTo(lastAlone(primary));
        }
    }

    @Test
    void waitsForAStandbyThatLacksDataNoLongerThanForASilentOne() throws Exception {
        try (Primary primary = new Primary(one, SOON_ALONE);
                Standby standby = new Standby(two)) {
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            standby.lacksData = true;
            long answered = primary.answer();
            assertThat(primary.roleFile.state().alone()).isTrue();
            assertThat(lastAlone(primary)).isGreaterThan(answered);
            assertThat(link).as("it is not silent").isNotDone();
            standby.lacksData = false;
            inStep(primary, standby);
            long next = primary.answer();
            assertThat(standby.journal.durableSequence()).isGreaterThanOrEqualTo(next);
        }
    }

    private static long lastAlone(Primary primary) throws Exception {
        long found = 0;
        try (var reader = primary.journal.read(1)) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                if (EntryCodec.type(new Entry.Alone(true)) == record.type()
                        && EntryCodec.decode(record).equals(new Entry.Alone(true))) {
                    found = record.sequence();
                }
            }
        }
        return found;
    }

    @Test
    void holdsRepliesUntilTheStandbyIsBackWhenItMayNotContinue() throws Exception {
        try (Primary primary = new Primary(one, BLOCK);
                Standby standby = new Standby(two)) {
            Wire wire = Wire.connect();
            var link = Twins.connect(primary, standby, wire);
            inStep(primary, standby);
            wire.standby().leave("test");
            link.join();
            CompletableFuture<Long> reply = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return primary.answer();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    Twins.THREADS);
            await().during(Duration.ofSeconds(3)).until(() -> !reply.isDone());
            assertThat(primary.link.acknowledgement().waiting()).isEqualTo(1);
            var again = Twins.connect(primary, standby, Wire.connect());
            assertThat(reply.join()).isPositive();
            assertThat(again).isNotDone();
            assertThat(primary.roleFile.state().alone()).isFalse();
        }
    }

    @Test
    void letsTheStandbyApplyOnlyWhatIsInThePrimarysTree() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            long first = primary.answer();
            long second = primary.answer();
            assertThat(standby.mayApply).isZero();
            primary.applied.set(first);
            await().until(() -> standby.mayApply == first);
            primary.applied.set(second + 1000);
            await().until(() -> standby.mayApply >= second);
            assertThat(standby.mayApply).isLessThanOrEqualTo(standby.journal.durableSequence());
            standby.applied.set(first);
            await().until(() -> primary.link.acknowledgement().standby().applied() == first);
            assertThat(link).isNotDone();
        }
    }

    @Test
    void findsWhereTheJournalsPartAndGoesOnAfterTheCut() throws Exception {
        long common;
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            for (int i = 0; i < 100; i++) {
                primary.answer();
            }
            assertThat(primary.link.signOff(true, Duration.ofSeconds(10))).isTrue();
            assertThat(link.join()).isEqualTo(new LinkEnd.HandedOver());
            common = standby.journal.lastSequence();
            assertThat(standby.link.promote(new Failover(ZoneOffset.UTC), Wish.PLAIN, Terms.DEFAULT))
                    .isInstanceOf(Answer.Go.class);
            assertThat(standby.roleFile.state().role()).isEqualTo(Role.PRIMARY);
            // What the old primary does though it was told to stop: nobody must find it in the new one's journal.
            for (int i = 0; i < 50; i++) {
                primary.append();
            }
        }
        try (Primary second = new Primary(two, Terms.DEFAULT)) {
            assertThat(second.roleFile.state().epoch()).isEqualTo(2);
            for (int i = 0; i < 30; i++) {
                second.answer();
            }
            try (Standby first = standbyAgain(one)) {
                var link = Twins.connect(second, first, Wire.connect());
                assertThat(link.join()).isEqualTo(new LinkEnd.Forked(common));
            }
            var tail = CopiedJournal.cutAfter(Twins.journalIn(one), Twins.CLUSTER, common);
            assertThat(tail)
                    .extracting(LostTail::file, LostTail::firstSequence)
                    .containsExactly("lost-tail-1", common + 1);
            assertThat(tail).extracting(LostTail::records).isEqualTo(50);
            try (Standby first = standbyAgain(one)) {
                var link = Twins.connect(second, first, Wire.connect());
                inStep(second, first);
                sameRecords(second, first);
                assertThat(link).isNotDone();
            }
        }
    }

    private static Standby standbyAgain(Path directory) throws Exception {
        RoleFile roleFile = Twins.roleFile(directory);
        roleFile.update(state -> state.heardOf(2));
        assertThat(roleFile.state().role()).isIn(Role.FENCED, Role.STANDBY);
        return new Standby(directory);
    }

    @Test
    void tellsAStandbyWhoseRecordsAreGoneAndThenItIsInconsistent() throws Exception {
        try (Primary primary = new Primary(one, Terms.DEFAULT);
                Standby standby = new Standby(two)) {
            long last = 0;
            for (int i = 0; i < 2000; i++) {
                last = primary.answer();
            }
            primary.journal.releaseUpTo(last, 0);
            long oldest = primary.journal.statistics().oldestSequence();
            assertThat(oldest).isGreaterThan(1);
            var link = Twins.connect(primary, standby, Wire.connect());
            assertThat(link.join()).isEqualTo(new LinkEnd.TooFarBehind(oldest));
            assertThat(standby.roleFile.state().completeness()).isEqualTo(Completeness.INCONSISTENT);
            assertThat(primary.link.acknowledgement().isAlone()).isTrue();
        }
    }

    @Test
    void answersNothingAnyMoreOnceItHasHeardOfANewerEpoch() throws Exception {
        try (Primary primary = new Primary(one, SOON_ALONE);
                Standby standby = new Standby(two)) {
            Wire wire = Wire.connect();
            var link = Twins.connect(primary, standby, wire);
            inStep(primary, standby);
            wire.standby().leave("test");
            link.join();
            CompletableFuture<Void> reply = CompletableFuture.runAsync(
                    () -> {
                        try {
                            primary.answer();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    Twins.THREADS);
            await().until(() -> primary.link.acknowledgement().waiting() == 1);
            primary.link.fence(7);
            assertThatThrownBy(reply::join).hasRootCauseInstanceOf(Fenced.class);
            assertThatThrownBy(primary::answer).isInstanceOf(Fenced.class);
            assertThat(primary.roleFile.state().role()).isEqualTo(Role.FENCED);
            await().during(Duration.ofSeconds(2))
                    .until(() -> !primary.roleFile.state().alone());
        }
    }

    @Test
    void answersAfterARestartOnlyWhenTheStandbyHasConfirmedIt() throws Exception {
        try (Primary primary = new Primary(one, SOON_ALONE);
                Standby standby = new Standby(two)) {
            var link = Twins.connect(primary, standby, Wire.connect());
            inStep(primary, standby);
            assertThat(link).isNotDone();
        }
        Twins.roleFile(one).update(state -> state.with(Role.ASKING));
        try (Primary primary = new Primary(one, BLOCK);
                Standby standby = new Standby(two)) {
            CompletableFuture<Void> confirmed = CompletableFuture.runAsync(
                    () -> {
                        try {
                            primary.link.awaitConfirmed();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    Twins.THREADS);
            await().during(Duration.ofSeconds(2)).until(() -> !confirmed.isDone());
            assertThat(primary.roleFile.state().alone())
                    .as("does not go alone unasked")
                    .isFalse();
            assertThat(primary.link.acknowledgement().terms())
                    .as("what the standby knows")
                    .isEqualTo(SOON_ALONE);
            var link = Twins.connect(primary, standby, Wire.connect());
            confirmed.join();
            assertThat(standby.roleFile.state().terms()).isEqualTo(BLOCK);
            assertThat(primary.link.acknowledgement().terms()).isEqualTo(BLOCK);
            assertThat(primary.roleFile.state().role()).isEqualTo(Role.PRIMARY);
            assertThat(link).isNotDone();
        }
    }

    @Test
    void waitsForMemoryOrForTheLagByTheTerms() throws Exception {
        Terms async = new Terms(AckMode.ASYNC, WithoutStandby.BLOCK, Duration.ofMillis(300), Duration.ofSeconds(30));
        try (Primary primary = new Primary(one, async);
                Standby standby = new Standby(two)) {
            Wire wire = Wire.connect();
            var link = Twins.connect(primary, standby, wire);
            inStep(primary, standby);
            wire.standby().leave("test");
            link.join();
            primary.answer();
            assertThat(primary.link.lag().records()).isPositive();
            await().until(() -> primary.link.lag().time().compareTo(Duration.ofMillis(400)) > 0);
            CompletableFuture<Long> late = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return primary.answer();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    Twins.THREADS);
            await().during(Duration.ofMillis(500)).until(() -> !late.isDone());
            var again = Twins.connect(primary, standby, Wire.connect());
            assertThat(late.join()).isPositive();
            await().until(() -> primary.link.lag().records() == 0);
            assertThat(again).isNotDone();
        }
    }
}
