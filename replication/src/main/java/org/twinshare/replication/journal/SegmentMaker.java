package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Makes segments, out of files that are no longer needed or new. All blocks of a file are written once, with zeros, before
 * it holds records, so that a sync of a record never has to sync a new size or a new block too, and never finds the disk
 * full. Used by one thread at a time.
 */
final class SegmentMaker {
    private static final int ZEROS_BYTES = 1 << 20;
    private static final String UNFINISHED = "unfinished.new";
    private static final String SPARE_SUFFIX = ".spare";

    private final JournalDisk disk;
    private final int segmentBytes;
    private final long clusterId;
    private final RandomGenerator random;
    private final ByteBuffer header = ByteBuffer.allocateDirect(SegmentHeader.BYTES);

    SegmentMaker(JournalDisk disk, int segmentBytes, long clusterId, RandomGenerator random) {
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        this.clusterId = clusterId;
        this.random = random;
    }

    static boolean isSpare(String name) {
        return name.endsWith(SPARE_SUFFIX);
    }

    /**
     * Makes a segment of a new file; durable when this returns.
     *
     * @param firstSequence 0 when it is made ahead of need
     */
    Segment create(long number, long firstSequence) throws IOException {
        return create(number, firstSequence, (file, nonce) -> {});
    }

    /** Puts what a segment holds from its beginning on. */
    interface Content {
        void putInto(JournalDisk.OpenFile file, Nonce nonce) throws IOException;
    }

    /** As {@link #create(long, long)}, with frames in it; takes the place of one with this number in one step. */
    Segment create(long number, long firstSequence, Content content) throws IOException {
        JournalDisk.OpenFile file = disk.create(UNFINISHED);
        try {
            fill(file);
            Nonce nonce = new Nonce(random.nextLong());
            content.putInto(file, nonce);
            return name(UNFINISHED, header(number, nonce, firstSequence), file);
        } catch (IOException e) {
            file.close();
            giveBack();
            throw e;
        }
    }

    /** An unfinished file takes room that others may need. */
    private void giveBack() {
        try {
            disk.delete(UNFINISHED);
        } catch (IOException e) {
            // It is emptied with the next attempt.
        }
    }

    private void fill(JournalDisk.OpenFile file) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(ZEROS_BYTES, segmentBytes));
        for (long at = 0; at < segmentBytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), segmentBytes - at));
            file.write(zeros, at);
        }
        file.sync();
    }

    private SegmentHeader header(long number, Nonce nonce, long firstSequence) {
        return new SegmentHeader(number, segmentBytes, nonce, firstSequence, clusterId);
    }

    private Segment name(String from, SegmentHeader fresh, JournalDisk.OpenFile file) throws IOException {
        fresh.encode(header);
        file.write(header, 0);
        file.sync();
        disk.rename(from, Segment.name(fresh.number()));
        disk.sync();
        return new Segment(fresh, file);
    }

    /**
     * Makes a segment out of a spare file; durable when this returns.
     *
     * @param firstSequence 0 when it is made ahead of need
     */
    Segment reuse(String spare, long number, long firstSequence) throws IOException {
        JournalDisk.OpenFile file = disk.open(spare);
        try {
            if (file.sizeBytes() == segmentBytes) {
                return name(spare, header(number, new Nonce(random.nextLong()), firstSequence), file);
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
        // Of another size: the settings have changed.
        file.close();
        disk.delete(spare);
        return create(number, firstSequence);
    }

    /**
     * Takes a segment out of the journal; its name is gone, durably, before its content is touched.
     *
     * @return name of the spare file, which no other had: a number may come again
     */
    String retire(long number) throws IOException {
        String spare = "%s.%016x%s".formatted(Segment.name(number), random.nextLong(), SPARE_SUFFIX);
        disk.rename(Segment.name(number), spare);
        // Otherwise a crash could leave the old name on a file with a new header.
        disk.sync();
        return spare;
    }
}
