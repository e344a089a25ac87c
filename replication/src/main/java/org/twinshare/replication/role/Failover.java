package org.twinshare.replication.role;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.twinshare.replication.Refusal;

/**
 * The failover table: from what the standby knows to whether it may become the primary, with the operator as the third
 * voice. Changes nothing, so {@code --check} is asking without doing.
 */
public final class Failover implements Voice {
    private final DateTimeFormatter time;

    /** @param zone of the operator's clock */
    public Failover(ZoneId zone) {
        time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(zone);
    }

    @Override
    public Answer mayPromote(Knowledge knowledge, Wish wish) {
        RoleState state = knowledge.state();
        if (state.role() == Role.PRIMARY) {
            return refused("this server is the primary already", "it answers in epoch " + state.epoch(), "nothing");
        }
        if (knowledge.primaryAnswers()) {
            return refused(
                    "the primary " + knowledge.primary() + " answers",
                    "two servers would answer",
                    "use switchover, which hands over in order");
        }
        if (state.completeness() == Completeness.INCONSISTENT) {
            return inconsistent(knowledge, wish);
        }
        if (hasAll(knowledge, state.signedOffAt())) {
            return new Answer.Go(
                    knowledge.primary() + " signed off at record " + state.signedOffAt() + ", which is here", null);
        }
        if (state.alone()) {
            return alone(knowledge, wish);
        }
        if (!state.terms().ack().waitsForStandby()) {
            return lagging(knowledge, wish);
        }
        if (state.completeness() == Completeness.RESTARTED && state.terms().ack() == AckMode.REMOTE_MEMORY) {
            return restarted(knowledge, wish);
        }
        return inStep(knowledge, wish);
    }

    private static boolean hasAll(Knowledge knowledge, long sequence) {
        return sequence >= 0 && sequence <= knowledge.durableSequence();
    }

    /** The primary was not alone when it was last heard, and answered nothing that is not here. */
    private Answer inStep(Knowledge knowledge, Wish wish) {
        RoleState state = knowledge.state();
        if (state.terms().withoutStandby() == WithoutStandby.BLOCK) {
            return new Answer.Go(knowledge.primary() + " answers nothing without this server", null);
        }
        if (hasAll(knowledge, state.deadAt())) {
            return new Answer.Go(
                    "the process on " + knowledge.primary() + " ended while in step, at record " + state.deadAt(),
                    null);
        }
        if (knowledge.sinceEchoedSent().compareTo(state.terms().sureFor()) < 0) {
            return new Answer.Go(
                    knowledge.primary() + " heard this server "
                            + knowledge.sinceEchoedSent().toSeconds() + " s ago, and cannot be alone before "
                            + state.terms().aloneAfter().toSeconds() + " s",
                    null);
        }
        if (wish.oldPrimaryOff()) {
            return new Answer.Go("the operator says that " + knowledge.primary() + " is off", state.lastHeard());
        }
        return refused(
                knowledge.primary() + " was last heard " + heard(state)
                        + "; whether it served after that cannot be known here",
                "it may be alive behind a cut cable, and alone since "
                        + state.terms().aloneAfter().toSeconds() + " s after that",
                "switch " + knowledge.primary()
                        + " off and say --old-primary-off: changes after that moment may be missing");
    }

    private Answer inconsistent(Knowledge knowledge, Wish wish) {
        if (wish.allowDataLoss() && wish.allowInconsistent()) {
            return new Answer.Go(
                    "the operator takes an inconsistent copy", knowledge.state().lastHeard());
        }
        return refused(
                "the copy on this server is inconsistent",
                "it was being made equal to " + knowledge.primary() + " when that was last heard "
                        + heard(knowledge.state()) + ": files may be missing, old or half copied",
                "bring " + knowledge.primary() + " back; to take what is here anyway, say --allow-data-loss"
                        + " and --allow-inconsistent");
    }

    private Answer alone(Knowledge knowledge, Wish wish) {
        if (wish.allowDataLoss()) {
            return new Answer.Go(
                    "the operator allows data loss", knowledge.state().lastHeard());
        }
        return refused(
                knowledge.primary() + " said that it goes on alone",
                "what it answered after record " + knowledge.durableSequence() + ", last heard "
                        + heard(knowledge.state()) + ", is not here",
                "bring " + knowledge.primary() + " back; to lose those changes, see that it is off and say"
                        + " --allow-data-loss");
    }

    private Answer lagging(Knowledge knowledge, Wish wish) {
        Terms terms = knowledge.state().terms();
        Instant since = knowledge.state().lastHeard().minus(terms.maxLag());
        if (wish.allowDataLoss()) {
            return new Answer.Go("the operator allows data loss", since);
        }
        return refused(
                knowledge.primary() + " answered without waiting for this server (ack=" + terms.ack() + ")",
                "changes after " + time.format(since) + " may be missing here",
                "bring " + knowledge.primary() + " back; to lose those changes, see that it is off and say"
                        + " --allow-data-loss");
    }

    private Answer restarted(Knowledge knowledge, Wish wish) {
        Instant since = knowledge.state().lastHeard();
        if (wish.allowDataLoss()) {
            return new Answer.Go("the operator allows data loss", since);
        }
        return refused(
                "this server was restarted and has not been in step since",
                "with ack=remote-memory " + knowledge.primary() + " answered what this server had only in memory",
                "bring " + knowledge.primary() + " back; to lose changes from before " + time.format(since)
                        + ", see that it is off and say --allow-data-loss");
    }

    /** When the other server was last heard, in words. */
    private String heard(RoleState state) {
        boolean never = state.lastHeard().equals(Instant.EPOCH);
        return never ? "before this server became its standby" : "at " + time.format(state.lastHeard());
    }

    private static Answer refused(String what, String cause, String remedy) {
        return new Answer.Refused(new Refusal(what, cause, remedy));
    }
}
