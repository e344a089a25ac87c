package org.twinshare.replication.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.replication.channel.Beat;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.ConnectionEnded;
import org.twinshare.replication.channel.Data;
import org.twinshare.replication.channel.Ended;
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
import org.twinshare.replication.journal.JournalFailed;
import org.twinshare.replication.journal.JournalFull;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;
import org.twinshare.replication.role.AckMode;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.RoleFile;

/**
 * Takes in what comes over one connection. The caller's thread receives and appends; a second makes durable, and
 * says so; a third says now and then how far this server is, and falls silent when one of the others has been stuck for a while,
 * so that the primary does not wait for ever.
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
    private final StandbyStanding standing;

    private final ReentrantLock telling = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    /** There is something to make durable. */
    private final Condition arrived = lock.newCondition();
    /** There is something to say. */
    private final Condition toSay = lock.newCondition();

    private long received;
    /** On disk in the journal; {@link #durable} is what is so with the bytes that the records refer to. */
    private long journaled;

    private long durable;
    private long primaryApplied;
    private long allowed;

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
            StandbyStanding standing) {
        this.journal = journal;
        this.roleFile = roleFile;
        this.tree = tree;
        this.pulse = pulse;
        this.connection = connection;
        this.standing = standing;
        received = journal.lastSequence();
        journaled = journal.durableSequence();
        durable = Math.min(journaled, tree.dataSyncedSequence());
        // The primary waits for the first word.
        moved = true;
    }

    /** Takes in what comes until the connection ends. */
    LinkEnd run() throws IOException {
        StandbyTree.Session session = tree.begin(way());
        IOException why = new IOException("this server ended the connection to the primary");
        try {
            return takeAll(session);
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

    private LinkEnd takeAll(StandbyTree.Session session) throws IOException {
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
                standing.processIsGone(received);
            }
            standing.ended();
            LOG.info("{}", e.getMessage());
            return new LinkEnd.Closed(e.how());
        } catch (JournalFull e) {
            return new LinkEnd.NoRoom(String.valueOf(e.getMessage()));
        } catch (JournalFailed e) {
            failed(e);
            return new LinkEnd.Closed(Ended.CLOSED_HERE);
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
                allow(beat.progress().applied(), 0);
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
                standing.signedOff(signOff, received);
                return signOff.handOver() && received >= signOff.lastSequence();
            }
            default -> throw new MalformedMessage(message.type() + " from the primary");
        }
        return false;
    }

    private void append(FrameBatch frames) throws IOException, JournalFull, MalformedRecord {
        long last = received;
        for (JournalRecord record = frames.next(); record != null; record = frames.next()) {
            if (record.type() == EntryCodec.ALONE) {
                standing.changed(record);
            }
            append(record);
            last = record.sequence();
        }
        received(last);
    }

    private void append(JournalRecord record) throws JournalFull {
        try {
            journal.appendCopy(record);
        } catch (JournalFull e) {
            tree.makeRoom();
            journal.appendCopy(record);
        }
    }

    private void received(long last) {
        lock.lock();
        try {
            received = last;
            arrived.signal();
            // Otherwise the primary waits for the disk, and each word wakes it up.
            if (roleFile.state().terms().ack() != AckMode.REMOTE_DISK) {
                moved = true;
                toSay.signal();
            }
        } finally {
            lock.unlock();
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
                // Before the bytes: the file that they belong to may be made by one of these records.
                allow(0, next);
                tree.syncData(next);
                durable(next);
                // By this thread: to wake up the other one takes as long as the disk.
                boolean unusedTold = tell();
                standing.onDisk();
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof JournalFailed || ErrnoException.takesNothing(e)) {
                failed(e);
                return;
            }
            LOG.error("what comes from the primary cannot be kept on this server: {}", e.toString());
            connection.leave("the standby's disk has failed: " + e.getMessage());
        }
    }

    /** The next connection would find the same: nothing is durable behind what could not be written, or read again. */
    private void failed(Exception e) {
        LOG.error(
                "what comes from the primary cannot be kept on this server: {}; look at the disk (dmesg), then start it again",
                e.getMessage());
        tree.failed("the disk of this standby has failed: " + e.getMessage());
        connection.leave("the standby's disk has failed: " + e.getMessage());
    }

    /** The next sequence to make durable; -1 at the end. */
    private long awaitReceived() {
        lock.lock();
        try {
            while (received <= durable && !closed) {
                arrived.awaitUninterruptibly();
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

    /** Lets be applied what is in the primary's tree and in this server's journal on disk. */
    private void allow(long appliedNow, long journaledNow) {
        lock.lock();
        try {
            primaryApplied = Math.max(primaryApplied, appliedNow);
            journaled = Math.max(journaled, journaledNow);
            long allowedNow = Math.min(primaryApplied, journaled);
            if (allowedNow > allowed) {
                allowed = allowedNow;
                tree.mayApply(allowedNow);
            }
        } finally {
            lock.unlock();
        }
    }

    private void beat() {
        while (awaitMove()) {
            if (pulse.sinceHeard().compareTo(roleFile.state().terms().aloneAfter()) > 0) {
                connection.abandon();
                return;
            }
            if (!tell()) {
                return;
            }
        }
    }

    /** Says how far this server is; one thread at a time, so that no older word comes behind a newer one. False at the end. */
    private boolean tell() {
        telling.lock();
        try {
            Progress progress = progress();
            if (progress != null) {
                connection.send(pulse.beat(progress));
            }
            return true;
        } catch (IOException e) {
            // Whoever receives finds out how it ended, and that must not look as if this server had ended it.
            LOG.info("nothing can be sent to the primary any more: {}", e.getMessage());
            return false;
        } finally {
            telling.unlock();
        }
    }

    /** Returns when something moved, or after a while; false at the end. */
    private boolean awaitMove() {
        lock.lock();
        try {
            long leftNs = BEAT_NS;
            while (!moved && !closed && leftNs > 0) {
                leftNs = toSay.awaitNanos(leftNs);
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

    private void durable(long now) {
        lock.lock();
        try {
            durable = now;
            syncingSinceNs = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing of this server is changed by the connection any more when this returns. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
            toSay.signal();
        } finally {
            lock.unlock();
        }
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
