package org.twinshare.replication.journal;

import java.nio.ByteBuffer;

/**
 * Something that became true, as the journal keeps it. What the body says depends on the type, which the journal does not
 * look into.
 *
 * @param sequence          place in the one order of everything, from 1 on, without gaps
 * @param epoch             in which it was written
 * @param type              {@link #MARKER}, or as the writer numbers them, from 1 to 127
 * @param timeNs            moment that it became true, in nanoseconds since 1970; rises with the sequence
 * @param namespaceChecksum the exclusive or of what this record and all before it added
 * @param body              from its position to its limit
 */
public record JournalRecord(long sequence, int epoch, byte type, long timeNs, long namespaceChecksum, ByteBuffer body) {
    /** Says nothing itself; written when nothing else is, because it says that everything before it was durable. */
    public static final byte MARKER = 0;

    public boolean isMarker() {
        return type == MARKER;
    }
}
