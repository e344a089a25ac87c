package org.twinshare.replication.ship;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.AskMarks;
import org.twinshare.replication.channel.BootClock;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.ConnectionEnded;
import org.twinshare.replication.channel.Ended;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.channel.MalformedMessage;
import org.twinshare.replication.channel.Marks;
import org.twinshare.replication.channel.Message;
import org.twinshare.replication.channel.Progress;
import org.twinshare.replication.channel.Pulse;
import org.twinshare.replication.channel.Welcome;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.RecordMark;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.Fork;
import org.twinshare.replication.role.JournalMarks;
import org.twinshare.replication.role.Knowledge;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.RoleState;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.Voice;
import org.twinshare.replication.role.Wish;

/**
 * The standby's side of replication, from start to promotion: follows the primary on one connection at a time, and knows what
 * can be known of it. Thread-safe; {@link #follow} blocks.
 */
public final class StandbyLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyLink.class);
    /** A primary that was heard within this time answers. */
    private static final Duration HEARD = Duration.ofSeconds(3);

    private final Journal journal;
    private final RoleFile roleFile;
    private final StandbyTree tree;
    private final InstantSource clock;
    private final Pulse pulse;
    private final JournalMarks marks;
    private final ReentrantLock session = new ReentrantLock();
    private volatile String primary = "the primary";
    private volatile @Nullable Connection current;
    private volatile boolean promoted;
    /** And nobody has asked {@link #promote} yet: what the primary has said holds, though it connects again meanwhile. */
    private volatile boolean handedOver;

    private volatile boolean closed;

    /** For a server that has just started as the standby: it may have lost what it had only in memory. */
    public StandbyLink(Journal journal, RoleFile roleFile, StandbyTree tree, BootClock bootClock, InstantSource clock)
            throws IOException {
        this.journal = journal;
        this.roleFile = roleFile;
        this.tree = tree;
        this.clock = clock;
        pulse = new Pulse(bootClock);
        marks = new JournalMarks(journal);
        roleFile.update(
                state -> state.completeness() == Completeness.COMPLETE ? state.with(Completeness.RESTARTED) : state);
    }

    /** What this server says first on each connection, as a server with this name of this pair. */
    public Hello hello(long clusterId, String name) throws IOException {
        RoleState state = roleFile.state();
        return new Greeting(clusterId, name).hello(state, state.terms(), journal, tree.catchesUpFirst());
    }

    /** Follows a primary that has said who it is, until that ends. */
    public LinkEnd follow(Connection connection, Hello theirs) throws IOException {
        session.lock();
        try {
            return followAlone(connection, theirs);
        } finally {
            session.unlock();
        }
    }

    private LinkEnd followAlone(Connection connection, Hello theirs) throws IOException {
        if (promoted || closed || handedOver) {
            connection.leave("this server follows nobody now");
            return new LinkEnd.Closed(Ended.CLOSED_HERE);
        }
        primary = theirs.name();
        pulse.connected();
        pulse.heard();
        current = connection;
        try {
            roleFile.update(state -> state.follows(theirs.epoch(), theirs.alone(), theirs.terms(), clock.instant()));
            // Only now: it tells the primary that this server knows its epoch and its terms.
            long durable = journal.durableSequence();
            connection.send(pulse.beat(new Progress(durable, durable, tree.appliedSequence(), false)));
            LinkEnd end = proceed(connection, theirs, awaitWelcome(connection));
            handedOver = end instanceof LinkEnd.HandedOver;
            return end;
        } catch (ConnectionEnded e) {
            LOG.info("{}: {}", primary, e.getMessage());
            return new LinkEnd.Closed(e.how());
        } finally {
            current = null;
            connection.leave("the session has ended");
        }
    }

    private Welcome awaitWelcome(Connection connection) throws IOException {
        Message message = connection.receive();
        while (!(message instanceof Welcome welcome)) {
            pulse.heard();
            message = connection.receive();
        }
        return welcome;
    }

    private LinkEnd proceed(Connection connection, Hello theirs, Welcome welcome) throws IOException {
        return switch (welcome.how()) {
            case STREAM -> {
                if (welcome.sequence() != journal.lastSequence() + 1) {
                    throw new MalformedMessage("record " + welcome.sequence() + " is to follow here");
                }
                StandbyStanding standing = new StandbyStanding(journal, roleFile, pulse, clock, theirs);
                try (Receiving receiving = new Receiving(journal, roleFile, tree, pulse, connection, standing)) {
                    yield receiving.run();
                }
            }
            case FORKED -> {
                long oldest = Math.max(journal.statistics().oldestSequence(), welcome.sequence());
                long last = Math.min(journal.durableSequence(), theirs.lastSequence());
                yield new LinkEnd.Forked(Fork.lastCommon(oldest, last, marks, asked -> ask(connection, asked)));
            }
            case TOO_FAR_BEHIND -> {
                roleFile.update(state -> state.with(Completeness.INCONSISTENT));
                yield new LinkEnd.TooFarBehind(welcome.sequence());
            }
        };
    }

    private static List<RecordMark> ask(Connection connection, List<Long> sequences) throws IOException {
        connection.send(new AskMarks(sequences));
        Message answer = connection.receive();
        while (!(answer instanceof Marks found)) {
            answer = connection.receive();
        }
        if (found.marks().size() != sequences.size()) {
            throw new MalformedMessage(found.marks().size() + " marks for " + sequences.size());
        }
        return found.marks();
    }

    /** What is known now, for {@link Voice}. */
    public Knowledge knowledge() {
        RoleState state = roleFile.state();
        Duration since = pulse.sinceHeard();
        Instant heard = clock.instant().minus(since);
        boolean heardSinceStart = since.compareTo(Pulse.NEVER) < 0 && heard.isAfter(state.lastHeard());
        return new Knowledge(
                primary,
                heardSinceStart ? state.heardAt(heard) : state,
                current != null && since.compareTo(HEARD) < 0,
                journal.durableSequence(),
                pulse.sinceEchoedSent());
    }

    /**
     * The same, and sure about whether the primary answers: one that is gone was heard a moment ago too. Takes up to 6 seconds,
     * and less than one where it lives.
     */
    public Knowledge listen() {
        if (current != null) {
            pulse.awaitEcho(HEARD);
        }
        return knowledge();
    }

    /**
     * Asks whether this server may become the primary, and if so makes it one: in the role file, in an epoch that no one has
     * heard of. The caller then applies what is in the journal, gives it the epoch and answers.
     *
     * @param terms to answer by from then on
     */
    public synchronized Answer promote(Voice voice, Wish wish, Terms terms) throws IOException {
        Answer answer = voice.mayPromote(listen(), wish);
        promoted = answer instanceof Answer.Go;
        handedOver = false;
        if (answer instanceof Answer.Go go) {
            Connection open = current;
            if (open != null) {
                open.leave("this server becomes the primary");
            }
            becomePrimary(go, terms);
        }
        return answer;
    }

    /** Waits for the end of the session, so that nothing more is taken in. */
    private void becomePrimary(Answer.Go go, Terms terms) throws IOException {
        session.lock();
        try {
            journal.awaitDurable(journal.lastSequence());
            RoleState next = roleFile.update(state -> state.promoted(terms, missing(state, go)));
            LOG.warn("becomes the primary in epoch {}: {}", next.epoch(), go.why());
        } finally {
            session.unlock();
        }
    }

    private static Instant missing(RoleState state, Answer.Go go) {
        return go.missingSince() == null ? state.missingSince() : go.missingSince();
    }

    /** Ends the session, and takes no other. */
    @Override
    public void close() {
        closed = true;
        Connection open = current;
        if (open != null) {
            open.leave("the standby stops");
        }
        awaitEndOfSession();
    }

    private void awaitEndOfSession() {
        session.lock();
        try {
            current = null;
        } finally {
            session.unlock();
        }
    }
}
