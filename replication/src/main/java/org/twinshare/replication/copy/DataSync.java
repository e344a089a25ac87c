package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/** Makes data durable that the journal says are so and does not hold, and notes what is not here. One thread. */
final class DataSync implements AutoCloseable {
    private final Journal journal;
    private final RecordWork work;
    private final KnownGaps gaps;
    private final LongSupplier applied;
    private final KeptReader records;
    /** Files of which bytes did not come that nobody has committed yet. */
    private final Set<Long> lost = new HashSet<>();

    /** Files that a record puts in doubt which is not carried out yet, so that they are not among those to fetch. */
    private final Set<Long> inDoubt = new HashSet<>();

    private long inDoubtUpTo;

    private volatile long syncedTo;

    /** @param applied up to which record the tree has everything: its data were looked at before that was so */
    DataSync(Journal journal, RecordWork work, KnownGaps gaps, LongSupplier applied) {
        this.journal = journal;
        this.work = work;
        this.gaps = gaps;
        this.applied = applied;
        records = new KeptReader(journal);
        syncedTo = applied.getAsLong();
    }

    /** Up to which record all was looked at. */
    long syncedTo() {
        return syncedTo;
    }

    /** Waits until a file is here to which a record refers, as far as it can come. */
    interface Wait {
        void untilHere(long object, long sequence);
    }

    /** Returns when the data that records up to this one say are durable are so, or are known not to be here. */
    void upTo(long sequence, Wait wait) throws IOException {
        long from = Math.max(syncedTo + 1, journal.statistics().oldestSequence());
        JournalReader reader = records.at(from);
        try {
            while (reader.position() <= sequence) {
                JournalRecord record = reader.next();
                if (record == null) {
                    return;
                }
                look(record, wait);
                syncedTo = record.sequence();
            }
        } catch (RecordsReleased | JournalDamaged | MalformedRecord | ErrnoException e) {
            throw new IOException("data could not be made durable: " + e.getMessage(), e);
        }
    }

    private void look(JournalRecord record, Wait wait) throws MalformedRecord, ErrnoException {
        long sequence = record.sequence();
        if (applied.getAsLong() >= inDoubtUpTo) {
            inDoubt.clear();
        }
        switch (EntryCodec.decode(record)) {
            case Entry.Referenced of -> {
                if (sequence > applied.getAsLong() && !work.haveCome(sequence, of.count())) {
                    lost.add(of.object());
                }
            }
            case Entry.Committed of -> {
                boolean came = !lost.remove(of.object()) && !inDoubt.contains(of.object());
                if (of.syncedSequence() > 0 && !(came && isDurable(of.object(), sequence, wait))) {
                    KnownGaps.Promise promise = new KnownGaps.Promise(sequence, of.syncedSequence());
                    gaps.lacks(of.object(), promise, work.isHere(of.object()));
                }
            }
            case Entry.Changed of -> {
                if (of.change() instanceof Change.Removed removed) {
                    lost.remove(removed.object());
                }
            }
            case Entry.Hot unused -> {}
            case Entry.Adopted unused -> {}
            case Entry.Voided unused -> {}
            case Entry.Checkpoint unused -> {}
            case Entry.Alone unused -> {}
            case Entry.InDoubt of -> {
                inDoubt.addAll(of.files());
                inDoubtUpTo = sequence;
            }
            case Entry.ChangedLocally unused -> {}
            case Entry.Marker unused -> {}
        }
    }

    private boolean isDurable(long object, long sequence, Wait wait) throws ErrnoException {
        if (gaps.files().contains(object)) {
            return false;
        }
        wait.untilHere(object, sequence);
        try {
            boolean here = work.makeDurable(object);
            return !gaps.files().contains(object) && (here || sequence <= applied.getAsLong());
        } catch (ErrnoException e) {
            // It is fetched when there is room; or by what the disk has, and then synced once more.
            if (e.isForWantOfRoom() || e.takesNothing()) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        records.close();
    }
}
