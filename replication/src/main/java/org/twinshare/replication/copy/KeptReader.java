package org.twinshare.replication.copy;

import org.jspecify.annotations.Nullable;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalReader;

/**
 * A reader of the journal that is kept from one reading to the next: to find a record is to walk through its segment from the
 * beginning, which for every few records that come would be most of a standby's work. One thread at a time.
 */
final class KeptReader implements AutoCloseable {
    private final Journal journal;
    private @Nullable JournalReader reader;

    KeptReader(Journal journal) {
        this.journal = journal;
    }

    /** A reader that gives this record next; closed by this. */
    JournalReader at(long sequence) {
        JournalReader kept = reader;
        if (kept == null || kept.position() != sequence) {
            close();
            kept = journal.read(sequence);
            reader = kept;
        }
        return kept;
    }

    /** It may be used again. */
    @Override
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
