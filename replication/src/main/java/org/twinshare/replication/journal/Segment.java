package org.twinshare.replication.journal;

import java.io.IOException;

/**
 * One file of the journal: a header and a chain of frames with sequences that rise by one. Its name is its number. The
 * fields that move are guarded by the lock of the {@link Journal}; written by one thread at a time.
 */
final class Segment implements AutoCloseable {
    private static final String SUFFIX = ".segment";

    final SegmentHeader header;
    final JournalDisk.OpenFile file;
    /** Of its first frame; what comes next in the journal while it has none. */
    long firstSequence;
    /** Of its last frame; one less than the first while it has none. */
    long lastSequence;
    /** Where the next frame goes. */
    long offset = SegmentHeader.BYTES;
    /** Of the last frame. */
    int crc;

    Segment(SegmentHeader header, JournalDisk.OpenFile file) {
        this.header = header;
        this.file = file;
        crc = header.nonce().firstCrc();
    }

    static String name(long number) {
        return "%010d%s".formatted(number, SUFFIX);
    }

    static boolean isName(String file) {
        return file.matches("\\d{10}\\.segment");
    }

    /** Number in the name of a segment; 0 for any other file. */
    static long numberOf(String name) {
        if (!isName(name)) {
            return 0;
        }
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    String name() {
        return name(header.number());
    }

    boolean isEmpty() {
        return offset == SegmentHeader.BYTES;
    }

    /** Takes over for the records from this sequence on. */
    void begin(long sequence) {
        firstSequence = sequence;
        lastSequence = sequence - 1;
    }

    boolean fits(long bytes) {
        return offset + bytes <= header.sizeBytes();
    }

    /** Reads the header of a file that is there, and checks that it belongs here. */
    static Segment open(JournalDisk disk, String name, long clusterId) throws IOException, JournalRefused {
        JournalDisk.OpenFile file = disk.open(name);
        try {
            Window window = new Window(file, Window.memory(SegmentHeader.BYTES));
            if (window.at(0, SegmentHeader.BYTES) < 0) {
                throw shortened(name, file.sizeBytes(), SegmentHeader.BYTES);
            }
            SegmentHeader header = SegmentHeader.decode(window.bytes(), name);
            check(header, name, file.sizeBytes(), clusterId);
            return new Segment(header, file);
        } catch (IOException | JournalRefused e) {
            file.close();
            throw e;
        }
    }

    private static void check(SegmentHeader header, String name, long fileBytes, long clusterId) throws JournalRefused {
        if (header.clusterId() != clusterId) {
            throw new JournalRefused(
                    "the journal's " + name + " belongs to another pair of servers",
                    "its cluster id is %016x, and here it is %016x".formatted(header.clusterId(), clusterId),
                    "give the journal a directory of its own, or mount the disk that belongs here");
        }
        if (header.number() != numberOf(name)) {
            throw new JournalRefused(
                    "the journal's " + name + " is number " + header.number(),
                    "the file was renamed, or copied over another",
                    "bring back the files of the journal as they were");
        }
        if (fileBytes != header.sizeBytes()) {
            throw shortened(name, fileBytes, header.sizeBytes());
        }
    }

    private static JournalDamaged shortened(String name, long bytes, long expectedBytes) {
        return new JournalDamaged(
                "the journal's " + name + " has " + bytes + " bytes and should have " + expectedBytes,
                "somebody cut it, or copied only a part of it");
    }

    @Override
    public void close() {
        file.close();
    }
}
