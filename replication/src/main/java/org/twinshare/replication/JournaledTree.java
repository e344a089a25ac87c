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
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFailed;
import org.twinshare.replication.namespace.NamespaceChecksum;
import org.twinshare.replication.record.Entry;

/**
 * The tree that writes a journal first. The order of work of every change: decide under locks, append, wait until that is
 * durable, carry it out in its turn, answer. What has not been acknowledged as durable is never in the tree before it is in
 * the journal. Thread-safe; a change is durable when {@link #change} returns, unless its export is {@code async}.
 */
public final class JournaledTree extends LooksAtLocalTree implements AutoCloseable {
    private final Journal journal;
    private final TreeSettings settings;
    private final Step.Listener steps;
    private final Promises promises;
    private final Appender appender;
    private final JournaledDiscoveries discoveries;
    private final Uncommitted uncommitted;
    private final SurvivingOutcomes outcomes;
    private final Checkpoints checkpoints;
    private final Recovery.Done recovered;

    private JournaledTree(
            OpenedJournal opened, TreeSettings settings, Step.Listener steps, Consumer<String> onFailure) {
        super(opened.tree());
        this.journal = opened.journal();
        this.outcomes = opened.outcomes();
        this.recovered = opened.done();
        this.settings = settings;
        this.steps = steps;
        promises = new Promises(journal, onFailure);
        appender = new Appender(journal);
        discoveries = new JournaledDiscoveries(journal, appender);
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
        tree.keepIdsBy(discoveries, opened.done().lastId());
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
        FilesInDoubt.tell(tree, entry -> journal.awaitDurable(append(entry, NamespaceChecksum.NOTHING)));
    }

    @Override
    public Outcome change(CallId call, Operation operation) {
        promises.checkKept();
        try (LocalTree.Decided decided = tree.decide(operation)) {
            return switch (decided.change()) {
                case Change.Nothing nothing -> decided.apply(nothing);
                case Change.Committed committed -> {
                    makeDurable(decided);
                    yield decided.apply(committed);
                }
                case Change.Written written -> write(call, operation, decided, written);
                case Change.AttributesSet set -> setAttributes(call, operation, decided, set);
                case Change.Made made -> make(call, operation, decided, made);
                case Change.Linked linked -> carryOut(call, operation, decided, linked.directory(), linked.object());
                case Change.Removed removed -> carryOut(call, operation, decided, removed.directory());
                case Change.Moved moved ->
                    carryOut(call, operation, decided, moved.fromDirectory(), moved.toDirectory());
            };
        } catch (ErrnoException e) {
            return tree.failed(operation, e.errno());
        } catch (JournalFailed e) {
            throw promises.failing("the journal has failed", e);
        }
    }

    private Outcome carryOut(CallId call, Operation operation, LocalTree.Decided decided, long... ordered)
            throws ErrnoException {
        return carryOut(call, operation, decided, ticket -> apply(decided, ticket), ordered);
    }

    private interface Applying {
        Outcome apply(Appender.Ticket ticket) throws ErrnoException;
    }

    /** The order of work. {@code ordered} are the objects whose changes must be carried out in the order of the journal. */
    private Outcome carryOut(
            CallId call, Operation operation, LocalTree.Decided decided, Applying applying, long... ordered)
            throws ErrnoException {
        var ticket = append(new Entry.Changed(call, decided.change()), uncommitted.checksum(decided), ordered);
        try {
            steps.at(Step.APPENDED);
            if (!operation.caller().async()) {
                promises.awaitDurable(ticket.position.sequence());
                steps.at(Step.DURABLE);
            }
            appender.awaitTurn(ticket);
            Outcome outcome = applying.apply(ticket);
            steps.at(Step.APPLIED);
            return outcome;
        } finally {
            appender.applied(ticket);
        }
    }

    private Outcome apply(LocalTree.Decided decided, Appender.Ticket ticket) throws ErrnoException {
        try {
            return decided.apply(decided.change().at(ticket.position.timeNs()));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EIO || e.errno() == Errno.EUCLEAN) {
                throw promises.failing("the disk failed while a change was carried out", e);
            }
            voidIt(ticket, e);
            throw e;
        } catch (RuntimeException e) {
            throw promises.failing("a change could not be carried out, which is a fault of the server", e);
        }
    }

    /** Nobody has heard of it: it never became true. Without that in the journal, the next start would carry it out. */
    private void voidIt(Appender.Ticket ticket, ErrnoException why) {
        long sequence;
        try {
            sequence = append(new Entry.Voided(ticket.position.sequence(), why.errno()), NamespaceChecksum.NOTHING);
        } catch (ErrnoException e) {
            throw promises.failing("a change could not be carried out, and the journal has no room to say so", e);
        }
        appender.voided(ticket, sequence);
        steps.at(Step.VOIDED);
        promises.awaitDurable(sequence);
    }

    private Outcome make(CallId call, Operation operation, LocalTree.Decided decided, Change.Made made)
            throws ErrnoException {
        uncommitted.made(made.object());
        return carryOut(call, operation, decided, made.directory());
    }

    private Outcome setAttributes(CallId call, Operation operation, LocalTree.Decided decided, Change.AttributesSet set)
            throws ErrnoException {
        Outcome outcome = carryOut(call, operation, decided, set.object());
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

    private Outcome write(CallId call, Operation operation, LocalTree.Decided decided, Change.Written written)
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
    private Outcome writeByValue(CallId call, Operation operation, LocalTree.Decided decided, Change.Written written)
            throws ErrnoException {
        try (Uncommitted.Ahead unused = uncommitted.goAhead(written.object())) {
            return carryOut(call, operation, decided, ticket -> overwrite(decided, written, ticket), written.object());
        }
    }

    private Outcome overwrite(LocalTree.Decided decided, Change.Written written, Appender.Ticket ticket)
            throws ErrnoException {
        try (Uncommitted.OfFile file = uncommitted.hold(written.object())) {
            Outcome outcome = apply(decided, ticket);
            file.overwritten(written.offsetBytes(), written.data(), outcome.attributes());
            return Outcome.written(outcome.object(), outcome.wcc(), outcome.count(), Stability.FILE_SYNC);
        }
    }

    /** Bytes that go into the page cache at once, and are durable with a COMMIT. */
    private Outcome writeUnstable(LocalTree.Decided decided, Change.Written written) throws ErrnoException {
        try (Uncommitted.OfFile file = uncommitted.holdInOrder(written.object())) {
            while (file.announce() && !uncommitted.isNew(written.object())) {
                // After a crash exactly these are looked at; named once more where a checkpoint has begun meanwhile.
                journal.awaitDurable(append(new Entry.Hot(written.object()), NamespaceChecksum.NOTHING));
            }
            Outcome outcome = decided.apply(written);
            file.written(written.offsetBytes(), written.data(), outcome.attributes());
            if (promises.replication().isShipping()) {
                // Nobody waits for it; whoever ships it reads the bytes from the file.
                long unusedSequence =
                        append(Entry.Referenced.unstable(written, outcome.attributes()), NamespaceChecksum.NOTHING);
            }
            steps.at(Step.WRITTEN);
            return outcome;
        }
    }

    /** Everything that was written to a file before this call is durable when it returns: by the journal, or by a sync. */
    private void makeDurable(LocalTree.Decided decided) throws ErrnoException {
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
                file.committed(append(file.entry(object), uncommitted.checksum(decided)));
            }
            sequence = file.committedSequence();
            writes = file.writes();
            applied = appender.appliedSequenceOf(object);
        }
        if (needsSync) {
            tree.syncFile(object);
            steps.at(Step.FILE_SYNCED);
            sequence = noteSynced(object, uncommitted.checksum(decided), writes, applied);
        }
        promises.awaitDurable(sequence);
    }

    private long noteSynced(long object, long checksum, long writes, long applied) throws ErrnoException {
        try (Uncommitted.OfFile file = uncommitted.holdInOrder(object)) {
            long sequence = append(file.synced(object, applied), checksum);
            if (file.writes() == writes) {
                file.committed(sequence);
            }
            return sequence;
        }
    }

    private Appender.Ticket append(Entry.Changed entry, long checksum, long... ordered) throws ErrnoException {
        return checkpoints.whenThereIsRoom(() -> {
            discoveries.append();
            return appender.append(entry, checksum, ordered);
        });
    }

    private long append(Entry entry, long checksum) throws ErrnoException {
        return checkpoints.whenThereIsRoom(() -> {
            discoveries.append();
            return appender.note(entry, checksum);
        });
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
                recovered.records());
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
