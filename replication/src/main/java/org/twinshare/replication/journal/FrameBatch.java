package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Frames one behind another as they are handed from one journal to another: drawn as in {@link Frame}, but the two
 * checksums, {@code ahead} and the header check mean nothing, because they belong to a segment. Not thread-safe.
 */
public final class FrameBatch {
    private final ByteBuffer frames;

    /** @param frames from its position to its limit, which are not moved */
    public FrameBatch(ByteBuffer frames) {
        this.frames = frames.slice();
    }

    /** Bytes that a record takes in a batch. */
    public static int bytes(JournalRecord record) {
        return Frame.bytes(record.body().remaining());
    }

    /** Puts a record at the buffer's position, which moves behind it and is a multiple of 8 before and after. */
    public static void put(ByteBuffer to, JournalRecord record) {
        Frame.put(to, record);
    }

    /**
     * The next record, whose body is a window on the buffer; null at the end.
     *
     * @throws IllegalArgumentException when the bytes are no frame
     */
    public @Nullable JournalRecord next() {
        if (!frames.hasRemaining()) {
            return null;
        }
        int begin = frames.position();
        int length = frames.remaining() < Frame.HEADER_BYTES ? 0 : frames.getInt(begin);
        if (length < Frame.HEADER_BYTES || length > Frame.MAX_BYTES || Frame.align(length) > frames.remaining()) {
            throw new IllegalArgumentException(
                    "a frame of " + length + " bytes where " + frames.remaining() + " bytes are left");
        }
        frames.position(begin + Frame.align(length));
        return Frame.decode(frames, begin, length);
    }

    /** Where the next frame begins, in bytes from the beginning. */
    public int position() {
        return frames.position();
    }
}
