package org.twinshare.replication.journal;

import java.nio.ByteBuffer;

/**
 * Is handed each group of records on its way to the disk, in their order, by the thread that is about to write it: so a
 * second copy travels while this one is synced. Never blocks and never throws.
 */
@FunctionalInterface
public interface GroupFollower {
    /** Takes frames as {@link FrameBatch} reads them, which are good during the call only. */
    void group(ByteBuffer frames, long firstSequence, long lastSequence);
}
