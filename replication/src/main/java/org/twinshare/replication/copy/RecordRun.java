package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.namespace.NamespaceChecksum;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/** Carries out records of a journal in their order, one by one, but for those that are void. One thread. */
final class RecordRun implements AutoCloseable {
    private final RecordWork work;
    private final KeptReader records;
    /** Looks ahead of it for what is void. */
    private final KeptReader ahead;

    private final Set<Long> voided = new HashSet<>();
    /** Behind which record, and up to which, what is void is known. */
    private long lookedFrom;

    private long lookedTo = -1;
    /** The last record that was passed, and the checksum that runs along the journal there. */
    private long passed = -1;

    private long checksumThere;

    RecordRun(Journal journal, RecordWork work) {
        this.work = work;
        records = new KeptReader(journal);
        ahead = new KeptReader(journal);
    }

    /**
     * Carries out the records behind a position up to another one.
     *
     * @param goesOn asked before each
     * @param done   told of each that is carried out, or is void
     */
    void run(long position, long upTo, BooleanSupplier goesOn, LongConsumer done)
            throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        lookForVoided(position, upTo);
        JournalReader reader = records.at(position + 1);
        while (reader.position() <= upTo && goesOn.getAsBoolean()) {
            JournalRecord record = reader.next();
            if (record == null) {
                return;
            }
            if (!voided.contains(record.sequence())) {
                work.carryOut(record, EntryCodec.decode(record), added(record));
            }
            passed = record.sequence();
            checksumThere = record.namespaceChecksum();
            done.accept(passed);
        }
    }

    /** What a record adds to the checksum; nothing where the one before it was not seen. */
    private long added(JournalRecord record) {
        return record.sequence() == passed + 1 ? record.namespaceChecksum() ^ checksumThere : NamespaceChecksum.NOTHING;
    }

    /** A record that is void comes no later than what is applied with it. */
    private void lookForVoided(long position, long upTo)
            throws IOException, RecordsReleased, JournalDamaged, MalformedRecord {
        if (position < lookedFrom || position > lookedTo) {
            voided.clear();
            lookedTo = position;
        }
        lookedFrom = position;
        voided.removeIf(sequence -> sequence <= position);
        JournalReader reader = ahead.at(lookedTo + 1);
        while (reader.position() <= upTo) {
            JournalRecord record = reader.next();
            if (record == null) {
                return;
            }
            if (EntryCodec.decode(record) instanceof Entry.Voided of) {
                voided.add(of.sequence());
            }
            lookedTo = record.sequence();
        }
    }

    /** It may be run again. */
    @Override
    public void close() {
        records.close();
        ahead.close();
    }
}
