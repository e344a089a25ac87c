package org.twinshare.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.EpochNanos;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.Reconcile;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/**
 * Brings a tree to what the journal says, whatever it has of it already: the records behind a position are folded to what they
 * make of each object in the end, and the tree is reconciled with that. The same after a crash, in catching up, and in going
 * back. May be interrupted and begun anew. One thread.
 */
public final class Recovery {
    private static final String POSITION = "checkpoint";

    private final LocalTree tree;
    private final Journal journal;
    private final InstantSource clock;
    private final Step.Listener steps;
    /** Records that never became true, and what their calls were answered with. */
    private final Map<Long, Errno> voided = new HashMap<>();
    /** Of a file: up to which sequence everything is on disk by a sync of its own. */
    private final Map<Long, Long> synced = new HashMap<>();

    private final Set<Long> hot = new HashSet<>();
    /** Files that keep an mtime which no record tells. */
    private final Set<Long> writtenLater = new HashSet<>();
    /** Files whose bytes are not in the journal: put on disk by a sync of their own, or in doubt. */
    private final Set<Long> bytesElsewhere = new HashSet<>();

    private final Set<Long> changedLocally = new HashSet<>();
    /** Files that were written to since they were committed, where the journal speaks of all writes: as with a standby. */
    private final Set<Long> uncommitted = new HashSet<>();

    private final NetState net = new NetState();

    /** For whoever brings a tree along another server's journal. */
    public Recovery(LocalTree tree, Journal journal, InstantSource clock) {
        this(tree, journal, clock, step -> {});
    }

    Recovery(LocalTree tree, Journal journal, InstantSource clock, Step.Listener steps) {
        this.tree = tree;
        this.journal = journal;
        this.clock = clock;
        this.steps = steps;
    }

    /** Up to which sequence a tree is known to have everything. */
    public static long position(LocalTree tree) {
        byte[] fact = tree.fact(POSITION);
        return fact == null ? 0 : ByteBuffer.wrap(fact).getLong();
    }

    /** For a checkpoint of a tree that has everything up to a sequence. */
    public static Map<String, byte[]> positionFact(long sequence) {
        return Map.of(
                POSITION, ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
    }

    /**
     * What was done.
     *
     * @param records behind the position
     * @param lastId  the largest id that any of them gave
     */
    record Done(long records, long lastId, Reconcile.Report report) {}

    private interface Taker {
        void take(JournalRecord record, Entry entry) throws ErrnoException;
    }

    /**
     * Carries out what the records behind a position say, as far as the tree has not got it.
     *
     * @param position up to which the tree is known to have everything
     * @param outcomes takes what the calls of all records in the journal came to, those before the position too, but for those
     *     that it has
     */
    Done run(long position, SurvivingOutcomes outcomes)
            throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        long first = Math.min(outcomes.upTo(), position) + 1;
        each(Math.max(first, journal.statistics().oldestSequence()), Long.MAX_VALUE, (record, entry) -> {
            look(record, entry);
            outcomes.add(record, entry);
        });
        outcomes.complete();
        each(position + 1, Long.MAX_VALUE, this::fold);
        Reconcile.Report report = reconcile(position, Long.MAX_VALUE);
        long nowNs = EpochNanos.now(clock);
        hot.forEach(file -> tree.touch(file, nowNs));
        FilesInDoubt.add(tree, hot);
        FilesInDoubt.add(tree, madeAndWritten());
        FilesInDoubt.add(tree, writtenLater);
        return new Done(Math.max(0, journal.lastSequence() - position), net.lastId(), report);
    }

    /** Files of which the journal need not say that they are written to, because it says that they were made. */
    private Set<Long> madeAndWritten() {
        Set<Long> written = new HashSet<>();
        net.objects().forEach((id, state) -> {
            Change.Made made = state.made();
            Attributes now = made == null || made.type() != FileType.REGULAR ? null : tree.attributesOf(id);
            if (now != null && now.sizeBytes() > 0) {
                written.add(id);
            }
        });
        return written;
    }

    /**
     * Folds the records behind a position up to another one; none of them is voided by a later one.
     *
     * @param told takes what another server says of the tree
     * @param toldAt a record that it had carried out when it said so: that one and those before it add nothing to that
     * @return what they make of the tree
     */
    public NetState read(long position, long upTo, Consumer<NetState> told, long toldAt)
            throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        net.follow();
        each(position + 1, upTo, this::look);
        each(position + 1, Math.min(toldAt, upTo), this::fold);
        told.accept(net);
        each(Math.max(position, toldAt) + 1, upTo, this::fold);
        return net;
    }

    /** Files among what was read that may hold bytes which are not in the journal. */
    public Set<Long> bytesElsewhere() {
        Set<Long> all = new HashSet<>(bytesElsewhere);
        all.addAll(uncommitted);
        return all;
    }

    /** Objects among what was read that a local process of the server that wrote it changed. */
    public Set<Long> changedLocally() {
        return changedLocally;
    }

    /** Brings the tree to what was read, behind a position and up to another one. */
    public Reconcile.Report reconcile(long position, long upTo)
            throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        Reconcile reconcile = tree.reconcile(net, () -> steps.at(Step.RECOVERING));
        reconcile.placeNames();
        steps.at(Step.NAMES_PLACED);
        each(position + 1, upTo, (record, entry) -> redo(record, entry, reconcile));
        steps.at(Step.BYTES_WRITTEN);
        Reconcile.Report report = reconcile.finish();
        writtenLater.addAll(reconcile.inDoubt());
        steps.at(Step.RECOVERED);
        return report;
    }

    private void each(long from, long upTo, Taker taker)
            throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        try (JournalReader reader = journal.read(from)) {
            for (JournalRecord record = reader.next();
                    record != null && record.sequence() <= upTo;
                    record = reader.next()) {
                taker.take(record, EntryCodec.decode(record));
            }
        }
    }

    private void look(JournalRecord record, Entry entry) {
        if (entry instanceof Entry.Voided of) {
            voided.put(of.sequence(), of.error());
        } else if (entry instanceof Entry.Committed committed && committed.syncedSequence() > 0) {
            synced.merge(committed.object(), committed.syncedSequence(), Math::max);
        }
    }

    private void fold(JournalRecord record, Entry entry) {
        if (voided.containsKey(record.sequence())) {
            return;
        }
        switch (entry) {
            case Entry.Changed changed -> net.add(changed.change());
            case Entry.Committed committed -> {
                net.committed(committed.object(), committed.modifyNs(), committed.changeNs());
                if (committed.syncedSequence() > 0) {
                    bytesElsewhere.add(committed.object());
                }
                uncommitted.remove(committed.object());
            }
            case Entry.Adopted adopted ->
                adopted.objects()
                        .forEach(object -> net.found(
                                object.id(),
                                new NetState.Found(
                                        new NetState.Slot(adopted.directory(), object.name()),
                                        object.type(),
                                        object.inode(),
                                        object.birthNs(),
                                        object.changeNs())));
            case Entry.Hot file -> hot(file.object());
            case Entry.InDoubt of -> bytesElsewhere.addAll(of.files());
            case Entry.Referenced file -> hot(file.object());
            case Entry.ChangedLocally of -> changedLocally.addAll(of.objects());
            case Entry.Voided unused -> {}
            case Entry.Checkpoint unused -> {}
            case Entry.Alone unused -> {}
            case Entry.Marker unused -> {}
        }
    }

    private void hot(long file) {
        hot.add(file);
        uncommitted.add(file);
    }

    /** What a sync of the file itself has put on disk is not done again: later bytes may have taken its place. */
    private void redo(JournalRecord record, Entry entry, Reconcile reconcile) throws ErrnoException {
        long sequence = record.sequence();
        if (voided.containsKey(sequence)) {
            return;
        }
        if (entry instanceof Entry.Changed changed
                && sequence > synced.getOrDefault(changed.change().object(), 0L)) {
            reconcile.redo(changed.change());
        }
        if (entry instanceof Entry.Committed committed && sequence > synced.getOrDefault(committed.object(), 0L)) {
            for (Entry.Range range : committed.ranges()) {
                reconcile.redo(new Change.Written(
                        record.timeNs(),
                        committed.object(),
                        range.offsetBytes(),
                        range.data(),
                        Stability.FILE_SYNC,
                        Change.KEEP));
            }
        }
    }
}
