package org.twinshare.replication.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.Beat;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.ConnectionEnded;
import org.twinshare.replication.channel.Data;
import org.twinshare.replication.channel.Ended;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.channel.MalformedMessage;
import org.twinshare.replication.channel.Message;
import org.twinshare.replication.channel.Progress;
import org.twinshare.replication.channel.Pulse;
import org.twinshare.replication.channel.Records;
import org.twinshare.replication.channel.SignOff;
import org.twinshare.replication.channel.TreeAnswer;
import org.twinshare.replication.channel.TreeQuestion;
import org.twinshare.replication.journal.FrameBatch;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFull;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.RoleState;

/**
 * Takes in what comes over one connection. The caller's thread receives and appends; a second makes durable; a third says how
 * far this server is, and falls silent when one of the others has been stuck for a while, so that the primary does not wait
 * for ever.
 */
final class Receiving implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Receiving.class);
    private static final long BEAT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long STUCK_NS = TimeUnit.SECONDS.toNanos(5);

    private final Journal journal;
    private final RoleFile roleFile;
    private final StandbyTree tree;
    private final Pulse pulse;
    private final Connection connection;
    private final InstantSource clock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long received;
    /** On disk in the journal; {@link #durable} is what is so with the bytes that the records refer to. */
    private long journaled;

    private long durable;
    private long primaryApplied;
    /** Sequence of the record from which on the primary waits for this server; 0 when it has not said so. */
    private volatile long inStepAt;
    /** With this record everything is here that the primary had when it connected. */
    private volatile long completeAt;

    private final Thread durableThread =
            Thread.ofPlatform().daemon().name("standby-durable").unstarted(this::makeDurable);
    private final Thread beatThread =
            Thread.ofPlatform().daemon().name("standby-beat").unstarted(this::beat);

    private long workingSinceNs;
    private long syncingSinceNs;
    private boolean moved;
    private boolean closed;

    Receiving(
            Journal journal,
            RoleFile roleFile,
            StandbyTree tree,
            Pulse pulse,
            Connection connection,
            InstantSource clock) {
        this.journal = journal;
        this.roleFile = roleFile;
        this.tree = tree;
        this.pulse = pulse;
        this.connection = connection;
        this.clock = clock;
        received = journal.lastSequence();
        journaled = journal.durableSequence();
        durable = Math.min(journaled, tree.dataSyncedSequence());
        // The primary waits for the first word.
        moved = true;
    }

    /** Takes in what comes until the connection ends. */
    LinkEnd run(Hello theirs) throws IOException {
        StandbyTree.Session session = tree.begin(way());
        IOException why = new IOException("this server ended the connection to the primary");
        try {
            return takeAll(theirs, session);
        } catch (IOException e) {
            why = e;
            throw e;
        } finally {
            connection.leave("the session has ended");
            session.ended(why);
        }
    }

    private StandbyTree.Way way() {
        return new StandbyTree.Way() {
            @Override
            public void ask(ByteBuffer question) throws IOException {
                connection.send(new TreeQuestion(question));
            }

            @Override
            public void end(String why) {
                connection.leave(why);
            }
        };
    }

    private LinkEnd takeAll(Hello theirs, StandbyTree.Session session) throws IOException {
        completeAt = theirs.lastSequence();
        // With all that a primary has which is not alone, this server has all that it ever answered.
        inStepAt = theirs.alone() ? 0 : theirs.lastSequence();
        durableThread.start();
        beatThread.start();
        try {
            while (true) {
                Message message = connection.receive();
                working(true);
                if (take(message, session)) {
                    return new LinkEnd.HandedOver();
                }
                working(false);
            }
        } catch (ConnectionEnded e) {
            if (e.how() == Ended.CLOSED_BY_KERNEL) {
                primaryProcessIsGone();
            }
            Instant heard = clock.instant().minus(pulse.sinceHeard());
            roleFile.update(state -> state.heardAt(heard));
            LOG.info("{}", e.getMessage());
            return new LinkEnd.Closed(e.how());
        } catch (JournalFull e) {
            throw new IOException("the journal of this server takes no more records: " + e.getMessage(), e);
        } catch (MalformedRecord | IllegalArgumentException e) {
            throw new MalformedMessage(String.valueOf(e.getMessage()));
        }
    }

    /** True when the primary has handed over. */
    private boolean take(Message message, StandbyTree.Session session)
            throws IOException, JournalFull, MalformedRecord {
        switch (message) {
            case Beat beat -> {
                pulse.heard(beat);
                allow(beat.progress().applied());
            }
            case Data data -> {
                pulse.heard();
                tree.data(data.sequence(), data.object(), data.offsetBytes(), data.bytes());
            }
            case Records records -> {
                pulse.heard();
                append(new FrameBatch(records.frames()));
            }
            case TreeAnswer answer -> {
                pulse.heard();
                session.answered(answer.encoded());
            }
            case SignOff signOff -> {
                pulse.heard();
                return signedOff(signOff);
            }
            default -> throw new MalformedMessage(message.type() + " from the primary");
        }
        return false;
    }

    private void append(FrameBatch frames) throws IOException, JournalFull, MalformedRecord {
        long last = received;
        for (JournalRecord record = frames.next(); record != null; record = frames.next()) {
            if (record.type() == EntryCodec.ALONE) {
                standing(record);
            }
            journal.appendCopy(record);
            last = record.sequence();
        }
        long now = last;
        change(() -> received = now);
    }

    private void standing(JournalRecord record) throws IOException, MalformedRecord {
        boolean alone = EntryCodec.decode(record) instanceof Entry.Alone entry && entry.alone();
        if (alone) {
            roleFile.update(state -> state.withAlone(true));
        }
        change(() -> inStepAt = alone ? 0 : record.sequence());
    }

    private boolean signedOff(SignOff signOff) throws IOException {
        journal.awaitDurable(received);
        roleFile.update(state -> state.signedOff(signOff.lastSequence(), clock.instant()));
        LOG.info("the primary signed off at record {}", signOff.lastSequence());
        return signOff.handOver() && received >= signOff.lastSequence();
    }

    /**
     * The primary's kernel closed the connection without a word. It is believed only in step, and while the primary cannot be
     * alone yet: later it may have given up this connection and be alive.
     */
    private void primaryProcessIsGone() throws IOException {
        journal.awaitDurable(received);
        makeComplete();
        RoleState state = roleFile.state();
        boolean inStep = !state.alone()
                && pulse.sinceEchoedSent().compareTo(state.terms().sureFor()) < 0;
        if (inStep) {
            roleFile.update(each -> each.dead(journal.durableSequence(), clock.instant()));
            LOG.warn("the primary's process ended while in step; failover is safe");
        }
    }

    private void makeDurable() {
        try {
            while (true) {
                long next = awaitReceived();
                if (next < 0) {
                    return;
                }
                journal.awaitDurable(next);
                change(() -> journaled = next);
                // Before the bytes: the file that they belong to may be made by one of these records.
                allow(0);
                tree.syncData(next);
                change(() -> {
                    durable = next;
                    syncingSinceNs = 0;
                });
                makeComplete();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("what comes from the primary cannot be kept on this server: {}", e.toString());
            connection.leave("the standby's disk has failed: " + e.getMessage());
        }
    }

    /** The next sequence to make durable; -1 at the end. */
    private long awaitReceived() {
        lock.lock();
        try {
            while (received <= durable && !closed) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                return -1;
            }
            syncingSinceNs = System.nanoTime();
            return received;
        } finally {
            lock.unlock();
        }
    }

    /** What is on disk may be all that this server needs to be in step, or complete. */
    private void makeComplete() throws IOException {
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

    /** Lets be applied what is in the primary's tree and in this server's journal on disk. */
    private void allow(long appliedNow) {
        lock.lock();
        try {
            primaryApplied = Math.max(primaryApplied, appliedNow);
            tree.mayApply(Math.min(primaryApplied, journaled));
        } finally {
            lock.unlock();
        }
    }

    private void beat() {
        try {
            while (awaitMove()) {
                if (pulse.sinceHeard().compareTo(roleFile.state().terms().aloneAfter()) > 0) {
                    connection.abandon();
                    return;
                }
                Progress progress = progress();
                if (progress != null) {
                    connection.send(pulse.beat(progress));
                }
            }
        } catch (IOException e) {
            // Whoever receives finds out how it ended, and that must not look as if this server had ended it.
            LOG.info("nothing can be sent to the primary any more: {}", e.getMessage());
        }
    }

    /** Returns when something moved, or after a while; false at the end. */
    private boolean awaitMove() {
        lock.lock();
        try {
            long leftNs = BEAT_NS;
            while (!moved && !closed && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
            moved = false;
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** How far this server is; null when it is stuck. */
    private @Nullable Progress progress() {
        lock.lock();
        try {
            boolean complete =
                    roleFile.state().completeness() != Completeness.INCONSISTENT && tree.hasWhatWasPromised();
            boolean stuck = isStuck(workingSinceNs) || isStuck(syncingSinceNs);
            return stuck ? null : new Progress(received, durable, tree.appliedSequence(), complete);
        } finally {
            lock.unlock();
        }
    }

    private static boolean isStuck(long sinceNs) {
        return sinceNs != 0 && System.nanoTime() - sinceNs > STUCK_NS;
    }

    private void working(boolean begins) {
        lock.lock();
        try {
            workingSinceNs = begins ? System.nanoTime() : 0;
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            moved = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing of this server is changed by the connection any more when this returns. */
    @Override
    public void close() {
        change(() -> closed = true);
        connection.leave("the session has ended");
        join(durableThread);
        join(beatThread);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
