package org.twinshare.fileserver.server;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.copy.CopyProgress;
import org.twinshare.replication.copy.Divergences;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Wish;
import org.twinshare.replication.ship.Lag;
import org.twinshare.replication.twin.Twin;
import org.twinshare.replication.twin.TwinStatus;

/**
 * What a server of a pair says of itself: state, cause and action in words.
 *
 * @param state  one or a few words
 * @param cause  why it is not well, empty when it is
 * @param action what to do about it, empty when nothing
 * @param pair   the other server, and how far both are
 */
record PairReport(String state, String cause, String action, Status.Pair pair) {
    static PairReport of(Twin twin) {
        TwinStatus now = twin.status();
        return switch (now.role()) {
            case "primary" -> ofPrimary(now);
            case "standby" -> ofStandby(now, twin);
            case "fenced" -> ofStandby(now, twin);
            default -> ofAsking(now);
        };
    }

    private static PairReport ofPrimary(TwinStatus now) {
        if (now.peer().isEmpty()) {
            return new PairReport("ONLINE, no standby: one copy of your data", "", "", pair(now, "none"));
        }
        if (now.connected() && !now.alone()) {
            return new PairReport(
                    "ONLINE, replicated", "", "", pair(now, "streaming   " + lag(now) + waits(now.ack())));
        }
        if (now.connected()) {
            return new PairReport(
                    "DEGRADED: replying without the standby, which is catching up",
                    now.peer() + " has record " + now.there().durable() + " of "
                            + now.here().durable()
                            + (now.there().complete() ? "" : ", and its tree is being made equal to this one"),
                    "wait: replies wait for it as soon as it is in step; do not fail over before",
                    pair(now, "catching up   " + lag(now)));
        }
        String away = notConnected(now);
        return now.alone()
                ? new PairReport(
                        "DEGRADED: replying without the standby",
                        away + "; changes since then exist only on this server",
                        "start it:  ssh " + now.peer() + " systemctl start twinshare ; it catches up from the journal."
                                + " Do not fail over now: these changes would be lost",
                        pair(now, "away   " + lag(now)))
                : new PairReport(
                        "WAITING: replies wait for the standby",
                        away,
                        "start it; after a while this server goes on alone, if its settings say so",
                        pair(now, "away"));
    }

    private static PairReport ofAsking(TwinStatus now) {
        return new PairReport(
                "ASKING: answers nobody until it knows that " + now.peer() + " does not",
                now.connected() ? "it has not heard from it yet" : notConnected(now),
                "start " + now.peer() + "; or, if that surely answers no clients, start this one once with  --alone",
                pair(now, now.connected() ? "connected" : "away"));
    }

    private static PairReport ofStandby(TwinStatus now, Twin twin) {
        if (!now.complete()) {
            return new PairReport(
                    "STANDBY, inconsistent: its tree is being made equal to the primary's",
                    now.connected() ? progress(now.copying()) : notConnected(now),
                    now.connected() ? "wait; a failover is not possible before" : "start " + now.peer(),
                    pair(now, now.connected() ? "primary, copying" : "primary, away"));
        }
        if (now.connected()) {
            return now.alone()
                    ? new PairReport(
                            "STANDBY, catching up",
                            now.peer() + " still replies without this server",
                            "wait",
                            pair(now, "primary, streaming"))
                    : inStep(now, now.divergences());
        }
        return new PairReport(
                "STANDBY, the primary is not heard",
                notConnected(now) + "; " + failover(twin),
                "start " + now.peer() + "; or see  twinshare failover --check",
                pair(now, "primary, away"));
    }

    private static PairReport inStep(TwinStatus now, Divergences.@Nullable State divergences) {
        String differed = divergences == null || divergences.found() == 0 ? "" : words(divergences);
        return new PairReport(
                "STANDBY, in step",
                differed,
                differed.isEmpty() ? "" : "compare the rest too:  twinshare verify --content --repair",
                pair(now, "primary, streaming"));
    }

    private static String words(Divergences.State divergences) {
        return divergences.found()
                + " objects differed from the primary's since the start, and were made the same; record "
                + divergences.lastRecord() + " showed the last, " + divergences.last();
    }

    private static String failover(Twin twin) {
        try {
            return switch (twin.mayFailOver(Wish.PLAIN)) {
                case Answer.Go go -> "a failover is safe now: " + go.why();
                case Answer.Refused refused ->
                    "a failover is refused: " + refused.refusal().what();
            };
        } catch (RefusedException e) {
            return "it is becoming the primary";
        }
    }

    private static String notConnected(TwinStatus now) {
        return now.peer() + " is not connected" + (now.trouble().isEmpty() ? "" : " (" + now.trouble() + ")");
    }

    private static String progress(CopyProgress.@Nullable Moment moment) {
        return moment == null
                ? "it begins"
                : String.format(
                        Locale.ROOT,
                        "%d names looked at%s, %d files fetched, %s of %s a second, about %d s left",
                        moment.objects(),
                        moment.allListed() ? ", which are all" : "",
                        moment.filesFetched(),
                        StatusText.size(moment.bytesFetched()),
                        StatusText.size(moment.bytesPerSecond()),
                        moment.left().toSeconds());
    }

    private static String lag(TwinStatus now) {
        Lag lag = now.lag();
        return lag == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "lag %d records, %s, %.1f ms",
                        lag.records(),
                        StatusText.size(lag.bytes()),
                        lag.time().toNanos() / 1e6);
    }

    private static String waits(String ack) {
        return ack.equals("local") || ack.equals("async")
                ? "   replies do not wait for it (" + ack + ")"
                : "   every reply waits for it (" + ack + ")";
    }

    private static Status.Pair pair(TwinStatus now, String words) {
        Lag lag = now.lag();
        return new Status.Pair(
                now.peer(),
                now.connected(),
                now.alone(),
                words,
                now.here().received(),
                now.here().durable(),
                now.here().applied(),
                now.there().received(),
                now.there().durable(),
                now.there().applied(),
                lag == null ? 0 : lag.records(),
                lag == null ? 0 : lag.bytes(),
                lag == null ? 0 : lag.time().toNanos() / 1e9);
    }
}
