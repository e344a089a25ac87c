package org.twinshare.replication.journal;

/** Records that were acknowledged as durable cannot be read. Nothing was changed. */
public final class JournalDamaged extends JournalRefused {
    private static final String REMEDY =
            "nothing was changed: copy the directory of the journal away, check its disk, and see docs/journal.md, Damage";

    public JournalDamaged(String what, String why) {
        super(what, why, REMEDY);
    }
}
