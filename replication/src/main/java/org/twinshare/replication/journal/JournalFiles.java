package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a journal as anybody may look at them, also while a server writes them: nothing is locked, judged or changed.
 * Not thread-safe.
 */
public final class JournalFiles {
    private final Path directory;

    public JournalFiles(Path directory) {
        this.directory = directory;
    }

    /** Takes what is found, in the order of the files. */
    public interface Reader {
        /** A segment begins. */
        void segment(String file, long number, int sizeBytes, long clusterId);

        /** A record of it; the body is good during the call only. */
        void record(JournalRecord record, long offsetBytes);

        /** The chain of records of a segment ends here, because the segment does, or the journal, or because of damage. */
        void end(long offsetBytes);

        /** A file that is named as a segment and is none that this version can read. */
        void unreadable(String file, String why);
    }

    /** Hands everything to the reader. */
    public void read(Reader reader) throws IOException {
        List<Path> segments;
        try (Stream<Path> files = Files.list(directory)) {
            segments = files.filter(file -> Segment.numberOf(file.getFileName().toString()) > 0)
                    .sorted()
                    .toList();
        }
        for (Path segment : segments) {
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
                read(segment.getFileName().toString(), new Look(channel), reader);
            }
        }
    }

    private static void read(String name, JournalDisk.OpenFile file, Reader reader) throws IOException {
        Window window = new Window(file, Window.memory((int) Math.min(file.sizeBytes(), Integer.MAX_VALUE)));
        SegmentHeader header;
        try {
            if (window.at(0, SegmentHeader.BYTES) < 0) {
                reader.unreadable(name, "it has " + file.sizeBytes() + " bytes");
                return;
            }
            header = SegmentHeader.decode(window.bytes(), name);
        } catch (JournalRefused e) {
            reader.unreadable(name, e.why());
            return;
        }
        reader.segment(name, header.number(), header.sizeBytes(), header.clusterId());
        FrameWalk walk = FrameWalk.fromBeginning(window, header, header.firstSequence());
        long offset = walk.offset();
        for (JournalRecord record = walk.next(); record != null; record = walk.next()) {
            reader.record(record, offset);
            offset = walk.offset();
        }
        reader.end(offset);
    }

    /** A file that is only read. */
    private record Look(FileChannel channel) implements JournalDisk.OpenFile {
        @Override
        public long sizeBytes() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer into, long offsetBytes) throws IOException {
            int begin = into.position();
            int read = 0;
            while (read >= 0 && into.hasRemaining()) {
                read = channel.read(into, offsetBytes + into.position() - begin);
            }
            return into.position() - begin;
        }

        @Override
        public void write(ByteBuffer from, long offsetBytes) {
            throw new UnsupportedOperationException("it is only looked at");
        }

        @Override
        public void sync() {
            throw new UnsupportedOperationException("it is only looked at");
        }

        @Override
        public void close() {
            // With the channel.
        }
    }
}
