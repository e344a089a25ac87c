package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes frames into a file one behind another, behind the place of its header; not yet durable. Each says that all before it
 * was durable, so the file must be synced as a whole before it gets its name. Not thread-safe.
 */
final class FrameFile {
    private final JournalDisk.OpenFile file;
    private final Nonce nonce;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(2 * Frame.MAX_BYTES);
    private long offset = SegmentHeader.BYTES;
    private int crc;

    FrameFile(JournalDisk.OpenFile file, Nonce nonce) {
        this.file = file;
        this.nonce = nonce;
        crc = nonce.firstCrc();
    }

    void add(JournalRecord record) throws IOException {
        if (memory.remaining() < FrameBatch.bytes(record)) {
            flush();
        }
        int begin = memory.position();
        Frame.put(memory, record);
        crc = Frame.seal(memory, begin, record.sequence() - 1, crc, nonce);
    }

    /** Everything added is in the file. Returns its size in bytes. */
    long flush() throws IOException {
        int bytes = memory.flip().limit();
        file.write(memory, offset);
        offset += bytes;
        memory.clear();
        return offset;
    }
}
