package org.twinshare.replication.twin;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.role.Role;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.ship.PrimaryLink;

/** A switchover, as the primary goes through it: calls are held and end, the position is handed over, the other one serves. */
final class HandOver {
    private static final Duration DRAIN_AT_MOST = Duration.ofSeconds(5);
    private static final Duration SIGN_OFF_AT_MOST = Duration.ofSeconds(2);
    private static final Duration TAKEN_OVER_AT_MOST = Duration.ofSeconds(10);

    private final String name;
    private final TwinServer server;
    private final RoleFile roleFile;
    private final CountDownLatch fenced;
    private final StepDown stepDown;

    /** Answers nobody any more, and starts anew. */
    interface StepDown {
        void because(String why) throws IOException;
    }

    /** @param fenced is counted down when the other server has said that it is the primary */
    HandOver(String name, TwinServer server, RoleFile roleFile, CountDownLatch fenced, StepDown stepDown) {
        this.name = name;
        this.server = server;
        this.roleFile = roleFile;
        this.fenced = fenced;
        this.stepDown = stepDown;
    }

    /** Returns what was done, line by line. */
    List<String> to(String peer, PrimaryLink link, Journal journal)
            throws IOException, RefusedException, InterruptedException {
        List<String> done = new ArrayList<>();
        if (!server.hold(DRAIN_AT_MOST)) {
            server.resume();
            throw new RefusedException(
                    "calls under way did not end within " + DRAIN_AT_MOST.toSeconds() + " s",
                    "a disk is slow, or the standby is",
                    "look at both, and try again");
        }
        done.add(name + "  drained");
        // From here on this server answers again only when the other one has said that it did not take over.
        roleFile.update(state -> state.with(Role.ASKING));
        boolean all = link.signOff(true, SIGN_OFF_AT_MOST);
        done.add(name + "  signed off, position " + journal.lastSequence());
        if (all && fenced.await(TAKEN_OVER_AT_MOST.toMillis(), TimeUnit.MILLISECONDS)) {
            done.add(peer + "  primary (epoch " + roleFile.state().newestEpoch() + ")");
            done.add(name + "  fenced, and the standby from now on");
            return done;
        }
        stepDown.because("the standby did not take over");
        throw new RefusedException(
                peer + " did not take over within " + TAKEN_OVER_AT_MOST.toSeconds() + " s",
                all ? "it was told to, and did not say that it has" : "it did not get everything in time",
                "this server asks it, and answers again when it has not; twinshare status  on both shows who answers");
    }
}
