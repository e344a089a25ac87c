package org.twinshare.replication.journal;

/** There is no room for a record now: nothing was appended, and the same may be tried again after a checkpoint. */
public final class JournalFull extends Exception {
    public JournalFull(String why) {
        super("the journal is full: " + why);
    }
}
