package org.twinshare.replication.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.AskMarks;
import org.twinshare.replication.channel.Beat;
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
import org.twinshare.replication.channel.SignOff;
import org.twinshare.replication.channel.TreeQuestion;
import org.twinshare.replication.channel.Welcome;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.role.JournalMarks;
import org.twinshare.replication.role.Role;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.Terms;

/**
 * The primary's side of replication, from promotion to fence or stop: ships on each connection to the standby, one at a time,
 * hears how far that is, and goes alone and back. Thread-safe; {@link #serve} blocks.
 */
public final class PrimaryLink implements AutoCloseable {
    /** 16 MiB of records that are not shipped yet; the journal's files have what is older. */
    public static final long QUEUE_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PrimaryLink.class);
    /**
     * So near at the end of catching up, replies may begin to wait for the standby. Either is enough: how many records the primary
     * writes while the standby syncs is a matter of the two machines, and the first replies wait for about that time.
     */
    private static final long NEAR_RECORDS = 1024;

    private static final Duration NEAR_TIME = Duration.ofSeconds(1);

    private final Journal journal;
    private final RoleFile roleFile;
    private final PrimaryTree tree;
    private final Terms wanted;
    private final Pulse pulse;
    private final LagMeter meter;
    /** When records up to this one were written nobody knows. */
    private final long writtenBefore;

    /** Of the newest connection: each has its own, so that one that is still ending takes nothing from the next. */
    private volatile @Nullable GroupQueue queue;

    /** Of the newest connection that ships. */
    private volatile @Nullable Answering answering;

    private final Acknowledgement acknowledgement;
    private final Standing standing;
    private final JournalMarks marks;
    private final CountDownLatch confirmed;
    private volatile @Nullable Connection current;
    private volatile boolean signingOff;
    private volatile boolean givenUp;
    /** The standby has had everything on this connection: what it lacks now came since, and nobody was answered for that. */
    private volatile boolean hadEverything;

    private boolean closed;

    /**
     * For a server that is the primary, or asks whether it is.
     *
     * @param wanted the terms to keep to as soon as the standby knows them
     */
    public PrimaryLink(Journal journal, RoleFile roleFile, PrimaryTree tree, Terms wanted, BootClock clock) {
        this.journal = journal;
        this.roleFile = roleFile;
        this.tree = tree;
        this.wanted = wanted;
        pulse = new Pulse(clock);
        writtenBefore = journal.lastSequence();
        meter = new LagMeter(writtenBefore, System.nanoTime());
        var state = roleFile.state();
        Terms terms = state.alone() ? wanted : state.terms();
        acknowledgement = new Acknowledgement(meter, terms, state.alone(), state.epoch());
        confirmed = new CountDownLatch(state.role() == Role.ASKING ? 1 : 0);
        marks = new JournalMarks(journal);
        standing = new Standing(
                journal,
                roleFile,
                acknowledgement,
                pulse,
                this::silent,
                () -> confirmed.getCount() == 0,
                new DiskWatch(
                        journal,
                        tree::appliedSequence,
                        this::questions,
                        acknowledgement,
                        this::hasSuccessor,
                        tree::failed));
        journal.follower(this::written);
    }

    private void written(ByteBuffer frames, long firstSequence, long lastSequence) {
        meter.written(lastSequence, frames.remaining(), System.nanoTime());
        GroupQueue shipping = queue;
        if (shipping != null) {
            shipping.add(frames, firstSequence, lastSequence);
        }
    }

    /** Begins to count the time without the standby. */
    public PrimaryLink start() {
        standing.start();
        return this;
    }

    /** What durable replies wait for. */
    public Acknowledgement acknowledgement() {
        return acknowledgement;
    }

    /** What this server says first on each connection, as a server with this name of this pair. */
    public Hello hello(long clusterId, String name) throws IOException {
        Greeting greeting = new Greeting(clusterId, name);
        return givenUp
                ? greeting.last(roleFile.state(), wanted, journal)
                : greeting.hello(roleFile.state(), wanted, journal, false);
    }

    /** Ships to a standby that has said who it is, until the connection ends. An earlier connection is closed. */
    public Ended serve(Connection connection, Hello theirs) throws IOException {
        if (givenUp) {
            connection.close("the disk of this server has failed");
            return Ended.CLOSED_HERE;
        }
        Connection earlier = current;
        current = connection;
        if (earlier != null) {
            earlier.close("the standby has connected again");
        }
        pulse.connected();
        pulse.heard();
        hadEverything = false;
        Shipper shipper = null;
        Answering asked = null;
        try {
            Welcome welcome = Greeting.welcome(theirs, journal, marks);
            connection.send(beat(tree.appliedSequence()), welcome);
            LOG.info("standby {} has connected: {} from record {}", theirs.name(), welcome.how(), welcome.sequence());
            if (welcome.how() == Welcome.How.STREAM) {
                acknowledgement.progress(new Progress(theirs.lastSequence(), theirs.lastSequence(), 0, false));
                long bytesFrom = theirs.catchesUpFirst() ? journal.lastSequence() + 1 : welcome.sequence();
                GroupQueue own = queueOf(connection);
                Answering answers = new Answering(tree, connection, this::beat).start();
                asked = answers;
                answering = answers;
                Supplier<Beat> beat = () -> beat(answers.announcedSequence());
                shipper = new Shipper(journal, own, tree, connection, beat, welcome.sequence(), bytesFrom);
                Shipper started = shipper;
                Thread.ofPlatform().daemon().name("ship").start(() -> ship(started, connection));
            }
            while (true) {
                Message message = connection.receive();
                if (connection == current) {
                    hearUnlessClosed(connection, message, asked);
                }
            }
        } catch (ConnectionEnded e) {
            LOG.info("standby {}: {}", theirs.name(), e.getMessage());
            return e.how();
        } finally {
            if (shipper != null) {
                shipper.stop();
            }
            if (asked != null) {
                asked.close();
            }
            gone(connection);
            connection.close("the session has ended");
        }
    }

    private synchronized GroupQueue queueOf(Connection connection) {
        GroupQueue own = new GroupQueue(QUEUE_BYTES);
        if (connection == current) {
            queue = own;
        }
        return own;
    }

    private synchronized void gone(Connection connection) {
        if (current == connection) {
            current = null;
        }
    }

    private void ship(Shipper shipper, Connection connection) {
        try {
            shipper.run();
        } catch (RecordsReleased e) {
            connection.close("the standby is too far behind: " + e.getMessage());
        } catch (IOException | JournalDamaged | InterruptedException | RuntimeException e) {
            if (connection == current && !(e instanceof ConnectionEnded)) {
                LOG.warn("shipping to the standby ended, and goes on when it connects again: {}", e.toString());
            }
            connection.close("shipping has failed: " + e.getMessage());
        }
    }

    private synchronized void hearUnlessClosed(Connection connection, Message message, @Nullable Answering asked)
            throws IOException {
        if (!closed) {
            hear(connection, message, asked);
        }
    }

    private void hear(Connection connection, Message message, @Nullable Answering asked) throws IOException {
        switch (message) {
            case Beat beat -> {
                pulse.heard(beat);
                confirm();
                if (asked != null) {
                    progress(beat.progress());
                }
            }
            case TreeQuestion question -> {
                pulse.heard();
                if (asked == null) {
                    throw new MalformedMessage("a question on a connection that ships nothing");
                }
                asked.ask(question.encoded());
            }
            case AskMarks ask -> {
                pulse.heard();
                connection.send(new Marks(marks.at(ask.sequences())));
            }
            default -> throw new MalformedMessage(message.type() + " from the standby");
        }
    }

    private void progress(Progress progress) throws IOException {
        meter.forgetUpTo(progress.durable());
        acknowledgement.progress(progress);
        standing.complete(progress.complete());
        hadEverything |= progress.complete();
        if (progress.complete() && isNear(progress)) {
            standing.inStep();
        }
    }

    private boolean isNear(Progress progress) {
        if (!acknowledgement.isAlone()) {
            return false;
        }
        if (journal.lastSequence() - progress.durable() <= NEAR_RECORDS) {
            return true;
        }
        Duration lag = meter.behind(progress.durable(), System.nanoTime()).time();
        return progress.durable() >= writtenBefore && lag.compareTo(NEAR_TIME) <= 0;
    }

    /** The standby has stored what this server is, and had heard of no newer epoch. */
    private void confirm() throws IOException {
        if (confirmed.getCount() > 0 || !acknowledgement.terms().equals(wanted)) {
            roleFile.update(
                    state -> state.role().leads() ? state.with(Role.PRIMARY).with(wanted) : state);
            acknowledgement.terms(wanted);
            confirmed.countDown();
        }
    }

    /** Returns when this server may answer: at once, or when the standby has confirmed that there is no newer epoch. */
    public void awaitConfirmed() throws InterruptedException {
        confirmed.await();
        acknowledgement.checkNotFenced();
    }

    /** A newer epoch was heard: that is on disk, and nothing is answered any more, when this returns. */
    public void fence(int newerEpoch) throws IOException {
        try {
            roleFile.update(state -> state.heardOf(newerEpoch));
        } catch (IOException e) {
            // The disk that has failed may be the one of the role file.
            if (!givenUp) {
                throw e;
            }
        }
        acknowledgement.fence(newerEpoch);
        confirmed.countDown();
    }

    private Answering.Course questions() {
        Answering newest = answering;
        return newest == null ? Answering.Course.NONE : newest.course();
    }

    private Beat beat(long applied) {
        return pulse.beat(new Progress(journal.lastSequence(), journal.durableSequence(), applied, true));
    }

    private void silent() {
        Connection silent = current;
        if (silent != null) {
            silent.abandon();
        }
    }

    /** Whether the standby is connected. */
    public boolean isConnected() {
        return current != null;
    }

    /** How far the standby is behind. */
    public Lag lag() {
        return meter.behind(acknowledgement.standby().durable(), System.nanoTime());
    }

    /** The journal must be kept from here on, or the standby needs more than the journal to catch up. */
    public long neededFrom() {
        return acknowledgement.standby().durable() + 1;
    }

    /**
     * Says that nothing is answered any more, which the caller has seen to, and which record is the last. The standby may
     * become the primary then without a question.
     *
     * @param handOver it shall do so at once
     * @return whether the standby has everything; after that time it is told all the same
     */
    public boolean signOff(boolean handOver, Duration atMost) {
        signingOff = true;
        journal.awaitDurable(journal.lastSequence());
        // The marker that would come with closing would be one record more than the standby has.
        journal.settle();
        long last = journal.lastSequence();
        journal.awaitDurable(last);
        Connection open = current;
        boolean all = open != null && acknowledgement.awaitDurable(last, atMost);
        // A connection that ends just now is no reason not to stop.
        return open != null && open.trySend(new SignOff(last, handOver && all)) && all;
    }

    /** Whether the standby has everything that was answered, and is there. */
    public boolean hasSuccessor() {
        return isConnected()
                && hadEverything
                && !acknowledgement.isAlone()
                && acknowledgement.terms().ack().waitsForStandby();
    }

    /**
     * Lets the standby take over from a server whose disk has failed, and which has closed the connections of its clients. It has
     * everything that was answered, because the replies have waited for it; the records that are durable here it gets too, though
     * the bytes of some may not be read any more. Nobody was answered for those: clients send them again.
     *
     * @return whether the standby has the records, and was told; it is told nothing otherwise
     */
    public boolean giveUp(Duration atMost) throws IOException {
        signingOff = true;
        givenUp = true;
        long last = journal.durableSequence();
        Connection open = current;
        if (open == null || !acknowledgement.awaitReceived(last, atMost) || !hasSuccessor()) {
            return false;
        }
        open.send(new SignOff(last, true));
        return true;
    }

    /** Whether {@link #signOff} has begun: nothing comes in the journal any more of its own accord. */
    public boolean isSigningOff() {
        return signingOff;
    }

    /** Nothing of this server is changed by the standby, or by its silence, any more when this returns. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        standing.stop();
        journal.follower(null);
        Connection open = current;
        if (open != null) {
            open.close("the primary stops");
        }
    }
}
