package org.twinshare.replication.journal;

/** The records that were asked for lay below a released position, and their segment was used again. */
public final class RecordsReleased extends Exception {
    public RecordsReleased(long sequence, long oldest) {
        super("record " + sequence + " is no longer in the journal, which begins with record " + oldest);
    }
}
