package org.twinshare.replication;

/** The places in the order of work at which a test may end a server; nothing happens there otherwise. */
enum Step {
    /** The change has its place in the journal, and is not durable. */
    APPENDED,
    /** What nobody sees of it is done; it may be durable because of others. */
    PREPARED,
    /** It is durable, and not carried out. */
    DURABLE,
    /** It is carried out, and not answered. */
    APPLIED,
    /** It could not be carried out, and the journal says so, but not durably. */
    VOIDED,
    /** Bytes that nobody waits for are in the file. */
    WRITTEN,
    /** A file was synced by itself, and the journal does not say so. */
    FILE_SYNCED,
    /** A checkpoint has its position. */
    CHECKPOINT_BEGUN,
    /** Everything up to it is on disk, and the journal still has its records. */
    CHECKPOINT_DURABLE,
    /** A recovery is about to change the tree once more. */
    RECOVERING,
    /** A recovery has given every name to whom it belongs. */
    NAMES_PLACED,
    /** A recovery has written the bytes of all files. */
    BYTES_WRITTEN,
    /** A recovery is done, and no checkpoint says so. */
    RECOVERED;

    /** Told of each step by the thread that takes it. */
    interface Listener {
        void at(Step step);
    }
}
