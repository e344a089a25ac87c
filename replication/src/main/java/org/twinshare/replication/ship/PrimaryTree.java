package org.twinshare.replication.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The primary's tree as replication needs it. Thread-safe. */
public interface PrimaryTree {
    /** The highest sequence below and at which everything is in the tree; the standby applies no further. */
    long appliedSequence();

    /**
     * Reads bytes that a record refers to, as they are now: a later write may have changed them.
     *
     * @return how many there are, up to what fits; 0 when the file or that part of it is gone
     */
    int read(long object, long offsetBytes, ByteBuffer into) throws IOException;

    /** Nothing can be promised any more, for this reason: the standby is to answer. */
    void failed(String why);

    /** Answers what the standby asks of the tree; both are encoded as package copy says. Null where there is no answer any more. */
    @Nullable ByteBuffer answer(ByteBuffer question) throws IOException;
}
