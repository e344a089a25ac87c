package org.twinshare.replication.copy;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.QuotaPass;
import org.twinshare.replication.Recovery;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.MalformedRecord;

/**
 * Carries out the records of the standby's journal in their order, up to what is in the primary's tree; none while a copy is
 * made. Where an object is missing it stops in front of the record, and {@link StandbyCopy} catches up. Thread-safe; has a
 * thread of its own. Nothing is durable before {@link #checkpoint}, but for what {@link #syncData} says.
 */
public final class StandbyApply implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyApply.class);

    private final LocalTree tree;
    private final Journal journal;
    private final Consumer<String> onFailure;
    private final RecordWork work;
    private final RecordRun records;
    private final ArrivedData arrived;
    private final Moves moves = new Moves();
    /** So long a reply of the primary may wait for a file to be made here. It must not take this server for stuck. */
    volatile Duration fileAtMost = Duration.ofSeconds(2);

    private final Divergences divergences = new Divergences();
    private final KnownGaps gaps;
    private final Backlog toFetch;
    private final DataSync dataSync;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("standby-apply").unstarted(this::run);

    private volatile long applied;
    private long mayApply;
    private volatile boolean streaming;
    private volatile boolean copying;
    /** The tree is where {@link #applied} says, and not ahead of it as after a restart or a copy that was cut. */
    private volatile boolean exact;
    /** A record could not be carried out for want of room. */
    private volatile boolean full;

    private boolean working;
    private boolean stopped;
    private final Holds holds = new Holds(moves);
    /** There is a primary to ask. */
    private boolean connected;

    private boolean closed;

    /**
     * For a tree whose directories are bound and that nobody else changes; begins with {@link #start}.
     *
     * @param directory for data that come faster than they are carried out
     * @param onFailure told in words when the disk has failed
     */
    public StandbyApply(LocalTree tree, Journal journal, Path directory, Consumer<String> onFailure) {
        arrived = new ArrivedData(directory);
        this.tree = tree;
        this.journal = journal;
        this.onFailure = onFailure;
        applied = Recovery.position(tree);
        exact = applied >= journal.lastSequence();
        gaps = new KnownGaps(tree);
        toFetch = gaps.files();
        work = new RecordWork(tree, arrived, gaps, divergences);
        records = new RecordRun(journal, work);
        dataSync = new DataSync(journal, work, gaps, this::appliedSequence);
        tree.follows(true);
        tree.whenBytesAreLost(why -> fail("the disk of the standby has failed: " + why));
    }

    public StandbyApply start() {
        thread.start();
        return this;
    }

    /**
     * Bytes that a record refers to, which comes behind them. They are kept until it is carried out; while a copy is made
     * they are not: the file is fetched later.
     *
     * @param sequence of that record; the same bytes may come again
     * @param bytes    good during the call only
     */
    public void data(long sequence, long object, long offsetBytes, ByteBuffer bytes) {
        // Nobody waits for bytes: they count when their record is carried out.
        moves.lock.lock();
        try {
            if (streaming && sequence > applied) {
                arrived.put(sequence, object, offsetBytes, bytes);
            }
        } finally {
            moves.lock.unlock();
        }
    }

    /**
     * Returns when the data that records up to this one say are durable are so; they may be carried out meanwhile. Where they
     * are not, because they did not come or the file is not here in time, {@link #hasWhatWasPromised} says so.
     */
    public void syncData(long sequence) throws IOException {
        dataSync.upTo(sequence, this::awaitHere);
        if (toFetch.isWaiting()) {
            moves.change(() -> {});
        }
    }

    /** Up to which record {@link #syncData} has returned. */
    public long dataSyncedSequence() {
        return dataSync.syncedTo();
    }

    /** Whether all bytes are here that records in the journal say are durable, and the disk takes what they say. */
    public boolean hasWhatWasPromised() {
        return !full && gaps.hasWhatWasPromised(applied);
    }

    /** Waits until a file is here, or the record that makes its bytes durable is carried out, as far as that can be now. */
    private void awaitHere(long object, long sequence) {
        moves.await(fileAtMost, () -> work.isHere(object) || applied >= sequence || !connected || !canGoOn() || closed);
    }

    /** Records up to this one may be carried out: they are in the primary's tree, and on this server's disk. */
    public void mayApply(long sequence) {
        moves.change(() -> mayApply = Math.max(mayApply, sequence));
    }

    /** The highest sequence below and at which everything is in the tree. */
    public long appliedSequence() {
        return applied;
    }

    /** Where records showed the tree to differ from the primary's. */
    public Divergences divergences() {
        return divergences;
    }

    Holds holds() {
        return holds;
    }

    KnownGaps gaps() {
        return gaps;
    }

    /** Whether the bytes of a file are on their way, or may be: nothing can be said of them. */
    boolean isHot(long file) {
        return work.isHot(file);
    }

    /** Whether the tree has everything up to {@link #appliedSequence}. */
    public boolean isComplete() {
        return moves.is(() -> streaming && !stopped && gaps.isEmpty());
    }

    /** Whether the tree has to be brought to a position before records are carried out one by one. */
    public boolean catchesUpFirst() {
        return !streaming && !(exact && gaps.areAllListed());
    }

    boolean isStreaming() {
        return streaming;
    }

    /** Takes the files that are to be fetched; one that comes to miss something from here on is to be fetched once more. */
    Set<Long> beginFetch() {
        return gaps.beginFetch(!holds.isHeld());
    }

    /** They were fetched, or not all of them were. */
    void endFetch(boolean done) {
        if (done) {
            gaps.fetched(work::fetched);
        }
        moves.change(() -> toFetch.end(done));
    }

    void fetch(Set<Long> ids) {
        moves.change(() -> toFetch.addAll(ids));
    }

    /** A connection to the primary begins; or it has ended, and nobody waits any longer for something to come of it. */
    void connected(boolean now) {
        moves.change(() -> connected = now);
    }

    /** Waits until records up to a position may be carried out. */
    void awaitMayApply(long sequence) throws IOException {
        moves.await(() -> mayApply >= sequence || !connected || closed);
        if (mayApply < sequence) {
            throw new IOException("the connection to the primary ended before record " + sequence + " came");
        }
    }

    /** Waits until records up to a position are carried out, after catching up where need be; false when the connection ends. */
    boolean awaitApplied(long sequence) {
        moves.await(() -> applied >= sequence || !connected || closed);
        return applied >= sequence;
    }

    /** The same; false also where it stops in front of a record. */
    boolean awaitAppliedUnlessStopped(long sequence) {
        moves.await(() -> applied >= sequence || stopped || !connected || closed);
        return applied >= sequence;
    }

    /** Waits until an object is missing, or bytes are, or one differs; false when the connection has ended. */
    boolean awaitNeed(Duration atMost) {
        moves.await(atMost, () -> stopped || mayFetch() || divergences.isWaiting() || !connected || closed);
        return moves.is(() -> connected && !closed);
    }

    /** Waits until there is something that a local process changed on the primary; false when the connection has ended. */
    boolean awaitToCompare() {
        moves.await(() -> gaps.toCompare().isWaiting() && !holds.isHeld() || !connected || closed);
        return moves.is(() -> connected && !closed);
    }

    /** Waits for a time, or until the connection ends. */
    void awaitEnd(Duration atMost) {
        moves.await(atMost, () -> !connected || closed);
    }

    /** Whether it stopped in front of a record that cannot be carried out as the tree is. */
    boolean isStopped() {
        return moves.is(() -> stopped);
    }

    /** Carries out nothing until the tree has been copied; what is here is of no moment until then. */
    void beginCopy() {
        moves.change(() -> copying = true);
        pause();
    }

    /** Carries out nothing from now on. */
    void pause() {
        moves.change(() -> {
            streaming = false;
            exact = false;
            holds.leap();
        });
        moves.await(() -> !working);
        arrived.clear();
    }

    /**
     * Keeps the tree at one position, and what comes in the journal, until that is closed.
     *
     * @throws IOException when it is not complete, so that there is no such position
     */
    public StandStill standStill() throws IOException {
        StandStill still = holds.standStill(() -> working, this::appliedSequence);
        if (!isComplete()) {
            still.close();
            throw new IOException("the tree is not complete: it is being made equal to the primary's");
        }
        return still;
    }

    /** Carries out what comes behind a position, which the tree has reached. */
    void stream(long position) {
        gaps.fetchWhatIsHere(position, work::isHere);
        moves.change(() -> {
            applied = position;
            work.leftOut();
            copying = false;
            exact = true;
            streaming = true;
            stopped = false;
            full = false;
        });
    }

    /** Makes everything durable that was carried out, and what is still missing known to the next start. */
    public void checkpoint() throws ErrnoException {
        long position = applied;
        tree.checkpoint(gaps.facts(Recovery.positionFact(position), work.incomplete()));
    }

    private void run() {
        // What was within its quota on the primary is so here.
        QuotaPass unusedForGood = QuotaPass.take();
        for (long upTo = awaitWork(); upTo > 0; upTo = awaitWork()) {
            try {
                carryOut(upTo);
            } finally {
                moves.change(() -> working = false);
            }
        }
    }

    /** Waits until there are records to carry out; returns the last one of them, and 0 at the end. */
    private long awaitWork() {
        moves.lock.lock();
        try {
            moves.await(() -> closed || canGoOn() && mayApply > applied);
            working = !closed;
            return closed ? 0 : mayApply;
        } finally {
            moves.lock.unlock();
        }
    }

    private boolean canGoOn() {
        return streaming && !stopped && !holds.isHeld();
    }

    private boolean mayFetch() {
        return toFetch.isWaiting() && !holds.isHeld();
    }

    private void carryOut(long upTo) {
        try {
            records.run(applied, upTo, this::canGoOn, sequence -> moves.change(() -> applied = sequence));
        } catch (ErrnoException e) {
            stop(e);
        } catch (IOException | RecordsReleased | JournalDamaged | MalformedRecord | RuntimeException e) {
            fail("the journal of the standby cannot be read: " + e.getMessage());
        }
    }

    /**
     * Carries out everything that the journal has, up to its end, and asks nobody: for the server that takes over. Nothing may
     * be received any more; {@link #close} may have been called. The tree follows nobody when it returns. Not durable before a
     * checkpoint: the journal has it all.
     *
     * @param clock for the ctime of files whose bytes are not complete, at which clients are to look anew
     * @return files whose bytes have not all come: what their writers did not commit may be missing, and what was changed by a
     *     local process
     * @throws ObjectsMissing where objects are neither here nor made by a record; everything else is done then
     * @throws IOException    where a copy was begun and has not ended, or the journal or the disk fails; nothing is promised then
     */
    public Set<Long> carryOutRest(InstantSource clock) throws IOException {
        moves.change(() -> {
            streaming = false;
            holds.leap();
        });
        moves.await(() -> !working);
        if (copying) {
            throw new IOException("the copy of the primary's tree has not ended: what is here is of no moment");
        }
        long end = journal.lastSequence();
        journal.awaitDurable(end);
        RestOfJournal rest = new RestOfJournal(tree, journal, records, clock);
        rest.carryOut(applied, end, exact);
        records.close();
        applied = end;
        exact = true;
        arrived.close();
        return rest.end(gaps, work.incomplete(), work.uncommitted());
    }

    /** Whether a copy was begun and has not ended. */
    public boolean isCopying() {
        return copying;
    }

    private void stop(ErrnoException why) {
        if (why.takesNothing()) {
            fail("the disk of the standby has failed: " + why.getMessage());
            return;
        }
        full = why.isForWantOfRoom();
        LOG.info(
                "Record {} cannot be carried out as the tree is ({}): what is missing is asked for",
                applied + 1,
                why.getMessage());
        moves.change(() -> stopped = true);
    }

    private void fail(String why) {
        LOG.error("{}; look at it (dmesg), then start the standby again: it goes on from its journal", why);
        moves.change(() -> closed = true);
        onFailure.accept(why);
    }

    /** The connection has ended or the server stops: nothing more is carried out. */
    @Override
    public void close() {
        moves.change(() -> closed = true);
        Uninterruptibles.joinUninterruptibly(thread);
        records.close();
        dataSync.close();
    }
}
