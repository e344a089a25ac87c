package org.twinshare.replication.journal;

/** A record that was acknowledged as durable cannot be read. Nothing was changed; the message says where, and what to do. */
public final class JournalDamaged extends Exception {
    public JournalDamaged(String message) {
        super(message);
    }
}
