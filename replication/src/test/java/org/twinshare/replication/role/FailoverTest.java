package org.twinshare.replication.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

/** Each row of the table: what the standby knows, and what it answers. */
class FailoverTest {
    private static final Instant HEARD = Instant.parse("2026-03-01T14:02:11Z");
    private static final Duration LONG_AGO = Duration.ofMinutes(5);
    private static final long LAST = 1000;
    private static final Failover FAILOVER = new Failover(ZoneOffset.UTC);

    /** Silent for long, not alone when it was heard last, complete. */
    private static final RoleState SILENT = RoleState.newStandby(1, Terms.DEFAULT)
            .with(Completeness.COMPLETE)
            .withAlone(false)
            .heardAt(HEARD);

    private static Terms terms(AckMode ack, WithoutStandby without) {
        return new Terms(ack, without, Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    private static Knowledge knowing(RoleState state) {
        return new Knowledge("nas1", state, false, LAST, LONG_AGO);
    }

    private static void goes(Knowledge knowledge, Wish wish) {
        assertThat(FAILOVER.mayPromote(knowledge, wish))
                .isInstanceOfSatisfying(
                        Answer.Go.class, go -> assertThat(go.missingSince()).isNull());
    }

    private static void goesMissing(Knowledge knowledge, Wish wish, Instant since) {
        assertThat(FAILOVER.mayPromote(knowledge, wish))
                .isInstanceOfSatisfying(
                        Answer.Go.class, go -> assertThat(go.missingSince()).isEqualTo(since));
    }

    private static AbstractStringAssert<?> refuses(Knowledge knowledge, Wish wish) {
        Answer answer = FAILOVER.mayPromote(knowledge, wish);
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return assertThat(((Answer.Refused) answer).refusal().toString());
    }

    @Test
    void refusesWhileThePrimaryAnswers() {
        Knowledge answers = new Knowledge("nas1", SILENT, true, LAST, Duration.ZERO);
        for (Wish wish : new Wish[] {Wish.PLAIN, Wish.ALLOW_INCONSISTENT, Wish.OLD_PRIMARY_OFF}) {
            refuses(answers, wish).contains("nas1 answers").contains("use switchover");
        }
    }

    @Test
    void goesWhenThePrimaryAnswersNothingWithoutItsStandby() {
        goes(knowing(SILENT.with(terms(AckMode.REMOTE_DISK, WithoutStandby.BLOCK))), Wish.PLAIN);
        goes(knowing(SILENT.with(terms(AckMode.REMOTE_MEMORY, WithoutStandby.BLOCK))), Wish.PLAIN);
    }

    @Test
    void goesWhenThePrimarySignedOffAtThisPosition() {
        goes(knowing(SILENT.signedOff(LAST, HEARD)), Wish.PLAIN);
        goes(knowing(SILENT.withAlone(true).signedOff(LAST, HEARD)), Wish.PLAIN);
        goes(knowing(SILENT.with(terms(AckMode.LOCAL, WithoutStandby.CONTINUE)).signedOff(LAST, HEARD)), Wish.PLAIN);
    }

    @Test
    void doesNotGoWhenThePrimarySignedOffAtALaterPosition() {
        refuses(knowing(SILENT.signedOff(LAST + 1, HEARD)), Wish.PLAIN).contains("last heard at 2026-03-01 14:02:11");
    }

    @Test
    void goesWhenThePrimarysProcessEndedInStep() {
        goes(knowing(SILENT.dead(LAST, HEARD)), Wish.PLAIN);
    }

    @Test
    void goesWhileThePrimaryCannotBeAloneYet() {
        goes(new Knowledge("nas1", SILENT, false, LAST, Duration.ofMillis(8_999)), Wish.PLAIN);
        refuses(new Knowledge("nas1", SILENT, false, LAST, Duration.ofSeconds(9)), Wish.PLAIN)
                .contains("whether it served after that cannot be known here");
    }

    @Test
    void refusesWhenThePrimarySaidThatItIsAlone() {
        Knowledge alone = new Knowledge("nas1", SILENT.withAlone(true).dead(LAST, HEARD), false, LAST, Duration.ZERO);
        refuses(alone, Wish.PLAIN)
                .contains("goes on alone")
                .contains("record 1000")
                .contains("--allow-data-loss");
        refuses(alone, Wish.OLD_PRIMARY_OFF).contains("goes on alone");
        goesMissing(alone, Wish.ALLOW_DATA_LOSS, HEARD);
    }

    @Test
    void needsTwoFlagsForAnInconsistentCopy() {
        Knowledge inconsistent = new Knowledge(
                "nas1", SILENT.with(Completeness.INCONSISTENT).signedOff(LAST, HEARD), false, LAST, LONG_AGO);
        refuses(inconsistent, Wish.PLAIN).contains("inconsistent").contains("--allow-inconsistent");
        refuses(inconsistent, Wish.ALLOW_DATA_LOSS).contains("inconsistent");
        refuses(inconsistent, Wish.OLD_PRIMARY_OFF).contains("inconsistent");
        goesMissing(inconsistent, Wish.ALLOW_INCONSISTENT, HEARD);
    }

    @Test
    void refusesAfterSilenceUntilTheOperatorSaysThatTheOldPrimaryIsOff() {
        refuses(knowing(SILENT), Wish.PLAIN)
                .contains(
                        "nas1 was last heard at 2026-03-01 14:02:11; whether it served after that cannot be known here")
                .contains("--old-primary-off");
        refuses(knowing(SILENT), Wish.ALLOW_DATA_LOSS).contains("--old-primary-off");
        goesMissing(knowing(SILENT), Wish.OLD_PRIMARY_OFF, HEARD);
    }

    @Test
    void doesNotTrustAPrimaryThatAnswersWithoutWaiting() {
        for (AckMode ack : new AckMode[] {AckMode.LOCAL, AckMode.ASYNC}) {
            RoleState state = SILENT.with(terms(ack, WithoutStandby.BLOCK)).dead(LAST, HEARD);
            Knowledge knowledge = new Knowledge("nas1", state, false, LAST, Duration.ZERO);
            refuses(knowledge, Wish.PLAIN).contains("without waiting").contains("ack=" + ack);
            refuses(knowledge, Wish.OLD_PRIMARY_OFF).contains("without waiting");
            goesMissing(knowledge, Wish.ALLOW_DATA_LOSS, HEARD.minusSeconds(1));
        }
    }

    @Test
    void isNotCompleteAfterItsOwnRestartWhereMemoryCounted() {
        RoleState restarted = SILENT.with(Completeness.RESTARTED).dead(LAST, HEARD);
        Knowledge memory = knowing(restarted.with(terms(AckMode.REMOTE_MEMORY, WithoutStandby.CONTINUE)));
        refuses(memory, Wish.PLAIN).contains("was restarted").contains("--allow-data-loss");
        goesMissing(memory, Wish.ALLOW_DATA_LOSS, HEARD);
        goes(knowing(restarted), Wish.PLAIN);
    }

    @Test
    void refusesWhenItIsThePrimaryAlready() {
        refuses(knowing(RoleState.lone(Terms.DEFAULT)), Wish.ALLOW_INCONSISTENT).contains("is the primary already");
    }
}
