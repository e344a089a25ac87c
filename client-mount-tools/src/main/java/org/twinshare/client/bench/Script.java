package org.twinshare.client.bench;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Procedure;

/**
 * What one connection does: it gives a call whenever a slot is free, and looks at the reply. A slot is one place for a call
 * in flight; a connection has as many as its queue depth. Called by one thread only.
 */
interface Script {

    /** Gives a free slot's next call by putting it into the turn's queue, or null when there is none now. */
    @Nullable Procedure next(int slot, Turn turn);

    /** The slot's call was answered, and the slot is free again. */
    default void replied(int slot, Reply reply, Turn turn) {
        if (!reply.isOk()) {
            turn.tally().unexpected(reply.procedure(), reply.status());
        }
    }

    /**
     * A piece of what the slot's READ gives, before {@link #replied}; also a large READ comes whole this way.
     *
     * @param position where in the data of this READ the piece begins
     */
    default void data(int slot, int position, ByteBuffer buffer, int start, int lengthBytes, Turn turn) {}
}
