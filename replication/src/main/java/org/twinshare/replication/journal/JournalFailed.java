package org.twinshare.replication.journal;

/**
 * The journal could not be written or synced. What was appended and not acknowledged may or may not be on disk, and a second
 * sync that succeeds would prove nothing (Rebello and others, Can applications recover from fsync failures, 2020), so nothing
 * is acknowledged any more until a restart has read what is there, and has written the unproven end of it anew.
 */
public final class JournalFailed extends RuntimeException {
    public JournalFailed(String what, Throwable cause) {
        super(what, cause);
    }
}
