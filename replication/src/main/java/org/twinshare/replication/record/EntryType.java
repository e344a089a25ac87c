package org.twinshare.replication.record;

import org.jspecify.annotations.Nullable;
import org.twinshare.replication.journal.JournalRecord;

/** The type of a record, as the byte in its frame. Numbers are never used for something else. */
enum EntryType {
    /** {@link Entry.Marker}. */
    MARKER(JournalRecord.MARKER),
    /** {@link Entry.Changed}. */
    CHANGED(1),
    /** {@link Entry.Voided}. */
    VOIDED(2),
    /** {@link Entry.Adopted}. */
    ADOPTED(3),
    /** {@link Entry.Hot}. */
    HOT(4),
    /** {@link Entry.Checkpoint}. */
    CHECKPOINT(5),
    /** {@link Entry.Alone}. */
    ALONE(6),
    /** {@link Entry.Referenced}. */
    REFERENCED(7),
    /** {@link Entry.Committed}. */
    COMMITTED(8),
    /** {@link Entry.InDoubt}. */
    IN_DOUBT(9),
    /** {@link Entry.ChangedLocally}. */
    CHANGED_LOCALLY(10);

    private static final EntryType[] VALUES = values();

    final byte number;

    EntryType(int number) {
        this.number = (byte) number;
    }

    static @Nullable EntryType of(byte number) {
        for (EntryType type : VALUES) {
            if (type.number == number) {
                return type;
            }
        }
        return null;
    }

    static EntryType of(Entry entry) {
        return switch (entry) {
            case Entry.Changed unused -> CHANGED;
            case Entry.Voided unused -> VOIDED;
            case Entry.Adopted unused -> ADOPTED;
            case Entry.Hot unused -> HOT;
            case Entry.Checkpoint unused -> CHECKPOINT;
            case Entry.Alone unused -> ALONE;
            case Entry.Marker unused -> MARKER;
            case Entry.Referenced unused -> REFERENCED;
            case Entry.Committed unused -> COMMITTED;
            case Entry.InDoubt unused -> IN_DOUBT;
            case Entry.ChangedLocally unused -> CHANGED_LOCALLY;
        };
    }
}
