package org.twinshare.replication.copy;

import java.io.IOException;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/** Makes data durable that the journal says are so and does not hold. One thread. */
final class DataSync {
    private final Journal journal;
    private final RecordWork work;
    private long syncedTo;

    DataSync(Journal journal, RecordWork work) {
        this.journal = journal;
        this.work = work;
        // What is in the journal already is looked at in catching up.
        syncedTo = journal.durableSequence();
    }

    /** Waits until a file is here to which a record refers, as far as it can come. */
    interface Wait {
        void untilHere(long object, long sequence);
    }

    /** Returns when the data that records up to this one say are durable are so, as far as their files are here. */
    void upTo(long sequence, Wait wait) throws IOException {
        long from = Math.max(syncedTo + 1, journal.statistics().oldestSequence());
        try (JournalReader reader = journal.read(from)) {
            for (JournalRecord record = reader.next();
                    record != null && record.sequence() <= sequence;
                    record = reader.next()) {
                if (EntryCodec.decode(record) instanceof Entry.Committed of && of.syncedSequence() > 0) {
                    wait.untilHere(of.object(), record.sequence());
                    work.makeDurable(of.object());
                }
            }
            syncedTo = sequence;
        } catch (RecordsReleased | JournalDamaged | MalformedRecord | ErrnoException e) {
            throw new IOException("data could not be made durable: " + e.getMessage(), e);
        }
    }
}
