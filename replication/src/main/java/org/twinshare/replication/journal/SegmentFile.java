package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal. Its blocks are written once, with zeros, before it holds records, so that a sync of a record never
 * has to sync a new size or a new block as well. Not thread-safe.
 */
final class SegmentFile implements AutoCloseable {
    private static final int ZEROS_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private @Nullable SegmentHeader header;

    private SegmentFile(Path path, FileChannel channel, @Nullable SegmentHeader header) {
        this.path = path;
        this.channel = channel;
        this.header = header;
    }

    /** Makes a file of zeros, durably. */
    static SegmentFile create(Path path, int bytes) throws IOException {
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
            for (long at = 0; at < bytes; at += ZEROS_BYTES) {
                zeros.clear();
                writeAll(channel, zeros, at);
            }
            channel.force(true);
            syncDirectory(path);
            return new SegmentFile(path, channel, null);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void syncDirectory(Path path) throws IOException {
        try (FileChannel directory = FileChannel.open(Objects.requireNonNull(path.getParent()))) {
            directory.force(true);
        }
    }

    /** Opens a file that is there. */
    static SegmentFile open(Path path) throws IOException, JournalDamaged {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
        readFully(channel, bytes, 0);
        bytes.clear();
        SegmentHeader header = SegmentHeader.decode(bytes);
        if (header != null && SegmentHeader.formatOf(bytes) != SegmentHeader.FORMAT) {
            channel.close();
            throw new JournalDamaged(path + " is of format " + SegmentHeader.formatOf(bytes)
                    + ", and this version reads format " + SegmentHeader.FORMAT
                    + ": start the version that wrote it, stop it, and then this one");
        }
        return new SegmentFile(path, channel, header);
    }

    /** Null while it holds nothing. */
    @Nullable SegmentHeader header() {
        return header;
    }

    Path path() {
        return path;
    }

    long size() throws IOException {
        return channel.size();
    }

    /** Begins to use the file, from now on for records under a new header; durable when this returns. */
    void begin(SegmentHeader fresh) throws IOException {
        ByteBuffer bytes = fresh.encode();
        writeAll(channel, bytes, 0);
        channel.force(false);
        header = fresh;
    }

    void write(ByteBuffer bytes, long at) throws IOException {
        writeAll(channel, bytes, at);
    }

    /** Everything written is on disk when this returns. */
    void sync() throws IOException {
        channel.force(false);
    }

    /** The whole file, read-only. */
    ByteBuffer map() throws IOException {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            int read = channel.read(bytes, position);
            if (read < 0) {
                return;
            }
            position += read;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
