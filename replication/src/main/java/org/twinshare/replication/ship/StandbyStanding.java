package org.twinshare.replication.ship;

import java.io.IOException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.channel.Pulse;
import org.twinshare.replication.channel.SignOff;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.RoleState;

/**
 * What the standby learns on one connection about whether it has everything, and writes into its role file: {@link Standing} is
 * the primary's side of it. Thread-safe.
 */
final class StandbyStanding {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyStanding.class);

    private final Journal journal;
    private final RoleFile roleFile;
    private final Pulse pulse;
    private final InstantSource clock;
    /** With this record everything is here that the primary had when it connected. */
    private final long completeAt;
    /** Sequence of the record from which on the primary waits for this server; 0 when it has not said so. */
    private volatile long inStepAt;

    StandbyStanding(Journal journal, RoleFile roleFile, Pulse pulse, InstantSource clock, Hello primary) {
        this.journal = journal;
        this.roleFile = roleFile;
        this.pulse = pulse;
        this.clock = clock;
        completeAt = primary.lastSequence();
        // With all that a primary has which is not alone, this server has all that it ever answered.
        inStepAt = primary.alone() ? 0 : primary.lastSequence();
    }

    /** A record says that the primary is alone from there on, or no longer. */
    void changed(JournalRecord record) throws IOException, MalformedRecord {
        boolean alone = EntryCodec.decode(record) instanceof Entry.Alone entry && entry.alone();
        if (alone) {
            roleFile.update(state -> state.withAlone(true));
        }
        inStepAt = alone ? 0 : record.sequence();
    }

    /** What is on disk now may be all that this server needs to be in step, or complete. */
    void onDisk() throws IOException {
        long done = journal.durableSequence();
        RoleState now = roleFile.state();
        if (now.alone() && inStepAt != 0 && done >= inStepAt) {
            roleFile.update(state -> state.withAlone(false));
            LOG.info("in step with the primary from record {} on", inStepAt);
        }
        if (now.completeness() == Completeness.RESTARTED && done >= completeAt) {
            roleFile.update(state -> state.with(Completeness.COMPLETE));
        }
    }

    /** @param received up to which everything has come, and is on disk when this returns */
    void signedOff(SignOff signOff, long received) throws IOException {
        journal.awaitDurable(received);
        roleFile.update(state -> state.signedOff(signOff.lastSequence(), clock.instant()));
        LOG.info("the primary signed off at record {}", signOff.lastSequence());
    }

    /**
     * The primary's kernel closed the connection without a word. It is believed only in step, and while the primary cannot be
     * alone yet: later it may have given up this connection and be alive.
     *
     * @param received up to which everything has come, and is on disk when this returns
     */
    void processIsGone(long received) throws IOException {
        journal.awaitDurable(received);
        onDisk();
        RoleState state = roleFile.state();
        boolean inStep = !state.alone()
                && pulse.sinceEchoedSent().compareTo(state.terms().sureFor()) < 0;
        if (inStep) {
            roleFile.update(each -> each.dead(journal.durableSequence(), clock.instant()));
            LOG.warn("the primary's process ended while in step; failover is safe");
        }
    }

    /** The connection has ended. */
    void ended() throws IOException {
        roleFile.update(state -> state.heardAt(clock.instant().minus(pulse.sinceHeard())));
    }
}
