package org.twinshare.replication.role;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordMark;
import org.twinshare.replication.journal.RecordsReleased;

/** The marks of an open journal's durable records. Thread-safe. */
public final class JournalMarks implements Fork.Marks {
    private final Journal journal;

    public JournalMarks(Journal journal) {
        this.journal = journal;
    }

    /** The mark of a record; null when it is not in the journal, or not durable. */
    public @Nullable RecordMark at(long sequence) throws IOException {
        if (sequence == 0) {
            return RecordMark.NONE;
        }
        boolean here = sequence >= journal.statistics().oldestSequence() && sequence <= journal.durableSequence();
        return here ? at(List.of(sequence)).getFirst() : null;
    }

    @Override
    public List<RecordMark> at(List<Long> sequences) throws IOException {
        List<RecordMark> marks = new ArrayList<>();
        try (JournalReader reader = journal.read(sequences.getFirst())) {
            for (long sequence : sequences) {
                marks.add(RecordMark.of(readUpTo(reader, sequence)));
            }
        } catch (RecordsReleased | JournalDamaged e) {
            throw new IOException(e);
        }
        return marks;
    }

    private static JournalRecord readUpTo(JournalReader reader, long sequence)
            throws IOException, RecordsReleased, JournalDamaged {
        while (true) {
            JournalRecord record = reader.next();
            if (record == null) {
                throw new IOException("record " + sequence + " is not durable yet");
            }
            if (record.sequence() == sequence) {
                return record;
            }
        }
    }
}
