package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The part of a segment that is in memory for reading; moves over the file on demand. Its memory is one buffer, which the
 * windows of one reader use one after another. Not thread-safe.
 */
final class Window {
    private static final int MEMORY_BYTES = 2 * Frame.MAX_BYTES;
    /** Read at once: whoever follows a journal that is being written reads the same place again with every few records. */
    private static final int READ_BYTES = 128 << 10;

    private final JournalDisk.OpenFile file;
    private final ByteBuffer memory;
    private long begin;

    Window(JournalDisk.OpenFile file, ByteBuffer memory) {
        this.file = file;
        this.memory = memory;
        memory.limit(0);
    }

    /** Enough for any frame of segments of this size. */
    static ByteBuffer memory(int segmentBytes) {
        return ByteBuffer.allocateDirect(Math.min(segmentBytes, MEMORY_BYTES));
    }

    /**
     * Index in {@link #bytes} of what lies at this offset of the file, with at least so many bytes behind it; -1 when the
     * file ends before that.
     */
    int at(long offset, int bytes) throws IOException {
        if (offset < begin || offset + bytes > begin + memory.limit()) {
            if (bytes > memory.capacity()) {
                return -1;
            }
            memory.clear().limit(Math.min(memory.capacity(), Math.max(bytes, READ_BYTES)));
            begin = offset;
            file.read(memory, offset);
            memory.flip();
        }
        return offset + bytes <= begin + memory.limit() ? (int) (offset - begin) : -1;
    }

    ByteBuffer bytes() {
        return memory;
    }

    /** Reads again what is looked at next: it may have been written meanwhile. */
    void forget() {
        memory.limit(0);
    }
}
