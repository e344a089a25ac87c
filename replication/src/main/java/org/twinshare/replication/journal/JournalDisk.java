package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The directory that the journal lies in, as little of it as the journal needs. Buffers are direct. An error is never
 * retried by an implementation.
 */
interface JournalDisk extends AutoCloseable {
    /** Names of the files in it, in no order. */
    List<String> names() throws IOException;

    /** Makes an empty file; one of this name that is there is emptied. */
    OpenFile create(String name) throws IOException;

    OpenFile open(String name) throws IOException;

    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** Names are on disk as they are when this returns. */
    void sync() throws IOException;

    @Override
    void close();

    /** One open file. */
    interface OpenFile extends AutoCloseable {
        long sizeBytes() throws IOException;

        /** Reads until the buffer is full or the file ends. Returns the number of bytes. */
        int read(ByteBuffer into, long offsetBytes) throws IOException;

        /** Writes all bytes. */
        void write(ByteBuffer from, long offsetBytes) throws IOException;

        /** Everything written is on disk when this returns. */
        void sync() throws IOException;

        @Override
        void close();
    }
}
