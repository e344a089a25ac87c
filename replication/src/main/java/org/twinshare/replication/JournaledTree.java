package org.twinshare.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.TreeFailed;
import org.twinshare.filestore.local.Decided;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFailed;
import org.twinshare.replication.namespace.NamespaceChecksum;
import org.twinshare.replication.record.Entry;

/**
 * The tree that writes a journal first: decides under locks what an operation makes true, and has it carried out in the
 * {@link OrderOfWork}. What has not been acknowledged as durable is never in the tree before it is in the journal. Thread-safe;
 * a change is durable when {@link #change} returns, unless its export is {@code async}.
 */
public final class JournaledTree extends LooksAtLocalTree implements AutoCloseable {
    private final Journal journal;
    private final TreeSettings settings;
    private final Step.Listener steps;
    private final Promises promises;
    private final Appender appender;
    private final LocalChangesFound localChanges;
    private final JournaledDiscoveries discoveries;
    private final Uncommitted uncommitted;
    private final SurvivingOutcomes outcomes;
    private final Checkpoints checkpoints;
    private final OrderOfWork order;
    private final Recovery.Done recovered;

    private JournaledTree(
            OpenedJournal opened, TreeSettings settings, Step.Listener steps, Consumer<String> onFailure) {
        super(opened.tree());
        this.journal = opened.journal();
        this.outcomes = opened.outcomes();
        this.recovered = opened.done();
        this.settings = settings;
        this.steps = steps;
        promises = new Promises(journal, tree::hasFailed, onFailure);
        appender = new Appender(journal);
        localChanges = new LocalChangesFound(() -> promises.replication().hearsLocalChanges());
        discoveries = new JournaledDiscoveries(journal, appender, localChanges);
        uncommitted = new Uncommitted(settings.byValueBytes(), settings.uncommittedBytes());
        checkpoints = new Checkpoints(
                tree,
                journal,
                appender,
                uncommitted,
                settings,
                steps,
                promises::fail,
                promises::areBroken,
                () -> promises.replication().neededFrom());
        order = new OrderOfWork(promises, appender, discoveries, uncommitted, checkpoints, steps);
        tree.keepIdsBy(discoveries, opened.done().lastId());
        // A checkpoint that fails says so itself, and not to the standby that this server may have been.
        tree.whenBytesAreLost(why -> {});
    }

    /**
     * Opens the journal of a tree whose directories are bound, and carries out what a crash kept from being carried out.
     *
     * @param directory of the journal; made when it is missing
     * @param onFailure told in words when nothing can be promised any more: the server has to stop
     * @throws RecoveryRefused when the journal is damaged or belongs elsewhere; nothing was changed
     */
    public static JournaledTree open(
            LocalTree tree, Path directory, TreeSettings settings, InstantSource clock, Consumer<String> onFailure)
            throws IOException, RecoveryRefused {
        return open(tree, directory, settings, clock, step -> {}, onFailure);
    }

    /**
     * Goes on with the journal of a server that was the standby until now, and carries out what it was not allowed to before.
     *
     * @param journal  of the other server's records, which gets one's own from now on
     * @param position up to which the tree has everything
     * @param outcomes of calls in the journal, as far as they were read
     */
    public static JournaledTree promoted(
            LocalTree tree,
            Journal journal,
            long position,
            SurvivingOutcomes outcomes,
            TreeSettings settings,
            InstantSource clock,
            Consumer<String> onFailure)
            throws IOException, RecoveryRefused {
        tree.copy().close();
        tree.follows(false);
        OpenedJournal opened = OpenedJournal.over(tree, journal, position, outcomes, clock, step -> {});
        JournaledTree journaled = new JournaledTree(opened, settings, step -> {}, onFailure);
        journaled.checkpoints.start();
        return journaled;
    }

    static JournaledTree open(
            LocalTree tree,
            Path directory,
            TreeSettings settings,
            InstantSource clock,
            Step.Listener steps,
            Consumer<String> onFailure)
            throws IOException, RecoveryRefused {
        OpenedJournal opened = OpenedJournal.open(tree, directory, settings, clock, steps);
        boolean begun = false;
        try {
            JournaledTree journaled = new JournaledTree(opened, settings, steps, onFailure);
            RecoveryRefused.translate(() -> journaled.checkpoints.run());
            journaled.checkpoints.start();
            begun = true;
            return journaled;
        } finally {
            if (!begun) {
                opened.journal().close();
            }
        }
    }

    /**
     * Records are written, and ids are given, in this epoch from now on: before the first change of a server that takes over,
     * and whenever it starts again in it.
     */
    public void beginEpoch(int epoch) {
        tree.beginEpoch(epoch);
        journal.epoch(epoch);
    }

    /** Clients are answered from now on: this tree is the one that counts, and the journal names what may not be as it says. */
    public void answersClients() {
        FilesInDoubt.tell(tree, entry -> journal.awaitDurable(order.note(entry, NamespaceChecksum.NOTHING)));
    }

    @Override
    public Outcome change(CallId call, Operation operation) {
        promises.checkKept();
        try {
            return told(tree.decideAndCarryOut(operation, decided -> {
                try {
                    return carryOut(call, operation, decided);
                } catch (ErrnoException e) {
                    throw unlessTheDiskIsGone(e);
                }
            }));
        } catch (JournalFailed e) {
            throw promises.failing("the journal has failed", e);
        }
    }

    private Outcome told(Outcome outcome) {
        if (outcome.error() == Errno.EIO || outcome.error() == Errno.EUCLEAN) {
            ErrnoException unusedTold =
                    unlessTheDiskIsGone(new ErrnoException(outcome.error(), "while a change was decided"));
        }
        return outcome;
    }

    @Override
    public ErrnoException unlessTheDiskIsGone(ErrnoException e) {
        return promises.unlessTheDiskIsGone(e);
    }

    private Outcome carryOut(CallId call, Operation operation, Decided decided) throws ErrnoException {
        return switch (decided.change()) {
            case Change.Nothing nothing -> decided.apply(nothing);
            case Change.Committed committed -> {
                makeDurable(decided);
                yield decided.apply(committed);
            }
            case Change.Written written -> write(call, operation, decided, written);
            case Change.AttributesSet set -> setAttributes(call, operation, decided, set);
            case Change.Made made -> make(call, operation, decided, made);
            case Change.Linked linked -> order.carryOut(call, operation, decided, linked.directory(), linked.object());
            case Change.Removed removed -> order.carryOut(call, operation, decided, removed.directory());
            case Change.Moved moved ->
                order.carryOut(call, operation, decided, moved.fromDirectory(), moved.toDirectory());
        };
    }

    private Outcome make(CallId call, Operation operation, Decided decided, Change.Made made) throws ErrnoException {
        uncommitted.made(made.object());
        return order.carryOut(call, operation, decided, made.directory());
    }

    private Outcome setAttributes(CallId call, Operation operation, Decided decided, Change.AttributesSet set)
            throws ErrnoException {
        Outcome outcome = order.carryOut(call, operation, decided, set.object());
        try (Uncommitted.OfFile file = uncommitted.holdIfWritten(set.object())) {
            if (file != null) {
                // A COMMIT tells these times too, and must not tell those of the last WRITE instead.
                file.seen(outcome.attributes());
                if (set.sizeBytes() != Change.KEEP_LONG) {
                    file.truncated(set.sizeBytes());
                }
            }
        }
        return outcome;
    }

    private Outcome write(CallId call, Operation operation, Decided decided, Change.Written written)
            throws ErrnoException {
        boolean sync = written.stability() != Stability.UNSTABLE;
        if (sync && written.data().remaining() <= settings.byValueBytes()) {
            return writeByValue(call, operation, decided, written);
        }
        Outcome outcome = writeUnstable(decided, written);
        if (!sync) {
            return outcome;
        }
        makeDurable(decided);
        return Outcome.written(outcome.object(), outcome.wcc(), outcome.count(), Stability.FILE_SYNC);
    }

    /** A small synchronous WRITE: its bytes are in the journal before they are in the file. */
    private Outcome writeByValue(CallId call, Operation operation, Decided decided, Change.Written written)
            throws ErrnoException {
        try (Uncommitted.Ahead unused = uncommitted.goAhead(written.object())) {
            return order.carryOut(
                    call, operation, decided, ticket -> overwrite(decided, written, ticket), written.object());
        }
    }

    private Outcome overwrite(Decided decided, Change.Written written, Appender.Ticket ticket) throws ErrnoException {
        try (Uncommitted.OfFile file = uncommitted.hold(written.object())) {
            Outcome outcome = order.apply(decided, ticket);
            file.overwritten(written.offsetBytes(), written.data(), outcome.attributes());
            return Outcome.written(outcome.object(), outcome.wcc(), outcome.count(), Stability.FILE_SYNC);
        }
    }

    /** Bytes that go into the page cache at once, and are durable with a COMMIT. */
    private Outcome writeUnstable(Decided decided, Change.Written written) throws ErrnoException {
        try (Uncommitted.OfFile file = uncommitted.holdInOrder(written.object())) {
            while (file.announce() && !uncommitted.isNew(written.object())) {
                // After a crash exactly these are looked at; named once more where a checkpoint has begun meanwhile.
                journal.awaitDurable(order.note(new Entry.Hot(written.object()), NamespaceChecksum.NOTHING));
            }
            Outcome outcome = decided.apply(written);
            file.written(written.offsetBytes(), written.data(), outcome.attributes());
            if (promises.replication().isShipping()) {
                // Nobody waits for it; whoever ships it reads the bytes from the file.
                long unusedSequence =
                        order.note(Entry.Referenced.unstable(written, outcome.attributes()), NamespaceChecksum.NOTHING);
            }
            steps.at(Step.WRITTEN);
            return outcome;
        }
    }

    /** Everything that was written to a file before this call is durable when it returns: by the journal, or by a sync. */
    private void makeDurable(Decided decided) throws ErrnoException {
        long object = decided.change().object();
        long sequence;
        long writes;
        long applied;
        boolean needsSync;
        try (Uncommitted.OfFile file = uncommitted.holdIfWritten(object)) {
            if (file == null) {
                return;
            }
            if (!file.isClean()) {
                file.awaitInOrder();
            }
            needsSync = file.needsSync();
            if (!needsSync && !file.isClean()) {
                file.committed(order.note(file.entry(object), uncommitted.checksum(decided)));
            }
            sequence = file.committedSequence();
            writes = file.writes();
            applied = appender.appliedSequenceOf(object);
        }
        if (needsSync) {
            syncFile(object);
            steps.at(Step.FILE_SYNCED);
            sequence = noteSynced(object, uncommitted.checksum(decided), writes, applied);
        }
        promises.awaitDurable(sequence);
    }

    private void syncFile(long object) throws ErrnoException {
        try {
            tree.syncFile(object);
        } catch (ErrnoException e) {
            throw promises.unlessAnotherAnswers(e);
        }
    }

    private long noteSynced(long object, long checksum, long writes, long applied) throws ErrnoException {
        try (Uncommitted.OfFile file = uncommitted.holdInOrder(object)) {
            long sequence = order.note(file.synced(object, applied), checksum);
            if (file.writes() == writes) {
                file.committed(sequence);
            }
            return sequence;
        }
    }

    /** From now on a durable reply waits for the other server too, as its terms say. */
    public void replicateBy(Replication other) {
        promises.replicateBy(other);
    }

    @Override
    public @Nullable Outcome outcomeOf(CallId call) {
        return outcomes.of(call, tree);
    }

    /** Everything that was answered before this call is on disk, and needs no journal, when it returns. */
    void checkpoint() {
        checkpoints.runNow();
    }

    /** For who ships it. */
    public Journal journal() {
        return journal;
    }

    /** Nothing is acknowledged any more, for this reason, which is told like that of any other failure. */
    public void fail(String why) {
        promises.fail(new TreeFailed(why));
    }

    /** Up to which record of the journal everything is in the tree; what is void up to there is known to be. */
    public long appliedSequence() {
        return appender.appliedSequence();
    }

    /** What the journal and everything around it have done, and how full they are. */
    public TreeStatistics statistics() {
        return new TreeStatistics(
                journal.statistics(),
                settings.journal().maxBytes(),
                appender.appliedSequence(),
                checkpoints.position(),
                checkpoints.count(),
                checkpoints.lastDurationNs(),
                uncommitted.files(),
                uncommitted.bytes(),
                settings.uncommittedBytes(),
                tree.pendingChanges(),
                discoveries.waiting(),
                outcomes.size(),
                recovered.records(),
                localChanges.count());
    }

    /** Everything is on disk and in the index when it returns; the tree below stays open. No change may be under way. */
    @Override
    public void close() {
        try {
            if (!promises.areBroken()) {
                checkpoints.close();
            } else {
                checkpoints.end();
            }
        } finally {
            journal.close();
        }
    }
}
