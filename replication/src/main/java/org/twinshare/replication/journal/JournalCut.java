package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the records behind a sequence off a closed journal and keeps them in a file. First that file is durable, then the
 * segments behind the cut go, last one first, then the one with the cut is replaced by a copy of what stays, in one step:
 * after a crash at any time the journal is sound and ends at the cut or later. Used once.
 */
final class JournalCut {
    private static final String UNFINISHED_TAIL = "unfinished.tail";
    private static final String TAIL = "lost-tail-";

    private final JournalDisk disk;
    private final long clusterId;
    private final RandomGenerator random;
    private final Scan scan;
    private final long sequence;

    JournalCut(JournalDisk disk, long clusterId, RandomGenerator random, long sequence) {
        this.disk = disk;
        this.clusterId = clusterId;
        this.random = random;
        this.sequence = sequence;
        scan = new Scan(disk, clusterId);
    }

    /** Returns where what was cut off is; null when there was nothing behind the sequence. */
    @Nullable LostTail run() throws IOException, JournalRefused {
        try {
            scan.run();
            JournalRecord last = scan.last;
            if (last == null || last.sequence() <= sequence) {
                return null;
            }
            long oldest = scan.segments.getFirst().firstSequence;
            if (sequence < oldest - 1) {
                throw new JournalRefused(
                        "the journal cannot be cut behind record " + sequence,
                        "it begins with record " + oldest,
                        "let the whole tree be copied again from the other server");
            }
            LostTail kept = keepTail(last);
            cut();
            return kept;
        } finally {
            scan.segments.forEach(Segment::close);
        }
    }

    private LostTail keepTail(JournalRecord last) throws IOException {
        Nonce nonce = new Nonce(random.nextLong());
        int records = 0;
        try (JournalDisk.OpenFile file = disk.create(UNFINISHED_TAIL)) {
            FrameFile frames = new FrameFile(file, nonce);
            for (Segment segment : scan.segments.subList(0, scan.lastUsed + 1)) {
                records += copy(segment, sequence + 1, last.sequence(), frames);
            }
            int bytes = Math.toIntExact(frames.flush());
            writeHeader(file, new SegmentHeader(1, bytes, nonce, sequence + 1, clusterId));
            file.sync();
        }
        String name = freeName(TAIL + last.epoch());
        disk.rename(UNFINISHED_TAIL, name);
        disk.sync();
        return new LostTail(name, sequence + 1, last.sequence(), last.epoch(), records);
    }

    private static void writeHeader(JournalDisk.OpenFile file, SegmentHeader header) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SegmentHeader.BYTES);
        header.encode(bytes);
        file.write(bytes, 0);
    }

    /** A cut that a crash came between leaves a file of its own. */
    private String freeName(String wanted) throws IOException {
        List<String> taken = disk.names();
        String name = wanted;
        for (int i = 2; taken.contains(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    /** Returns how many of them are no markers. */
    private static int copy(Segment segment, long from, long to, FrameFile frames) throws IOException {
        Window window = new Window(segment.file, Window.memory(segment.header.sizeBytes()));
        FrameWalk walk = FrameWalk.fromBeginning(window, segment.header, segment.firstSequence);
        JournalRecord record = walk.next();
        int records = 0;
        while (record != null && record.sequence() <= to) {
            if (record.sequence() >= from) {
                frames.add(record);
                records += record.isMarker() ? 0 : 1;
            }
            record = walk.next();
        }
        return records;
    }

    private void copyHead(Segment from, JournalDisk.OpenFile file, Nonce nonce) throws IOException {
        FrameFile frames = new FrameFile(file, nonce);
        int unused = copy(from, 0, sequence, frames);
        frames.flush();
    }

    private void cut() throws IOException {
        int keep = 0;
        for (int i = 0; i <= scan.lastUsed; i++) {
            if (scan.segments.get(i).firstSequence <= sequence) {
                keep = i;
            }
        }
        Segment withCut = scan.segments.get(keep);
        SegmentMaker maker = new SegmentMaker(disk, withCut.header.sizeBytes(), clusterId, random);
        for (int i = scan.segments.size() - 1; i > keep; i--) {
            maker.retire(scan.segments.get(i).header.number());
        }
        if (withCut.lastSequence > sequence) {
            maker.create(
                            withCut.header.number(),
                            withCut.firstSequence,
                            (file, nonce) -> copyHead(withCut, file, nonce))
                    .close();
        }
    }
}
