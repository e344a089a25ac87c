package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal from its oldest segment to its end, and decides whether the end is a torn tail or damage
 * (docs/adr/0010). Changes nothing. Not thread-safe.
 */
final class Scan {
    private static final String DAMAGE =
            "the disk returned other bytes than were written, or somebody changed the file";

    private final JournalDisk disk;
    private final long clusterId;
    final List<Segment> segments = new ArrayList<>();
    /** Index of the last segment with a frame in it; -1 when there is none. */
    int lastUsed = -1;

    @Nullable JournalRecord last;

    OpenReport.@Nullable TornTail tornTail;
    /** Where in the last segment lies what no frame says was durable. */
    long unprovenOffset = SegmentHeader.BYTES;

    private long proven = -1;
    private long expected;
    private @Nullable ByteBuffer memory;

    Scan(JournalDisk disk, long clusterId) {
        this.disk = disk;
        this.clusterId = clusterId;
    }

    /** Opens all segments, which are then the caller's to close, also when this throws. */
    void run() throws IOException, JournalRefused {
        openSegments();
        int index = 0;
        while (index < segments.size() && walk(index)) {
            index++;
        }
    }

    private void openSegments() throws IOException, JournalRefused {
        List<Long> numbers = disk.names().stream()
                .map(Segment::numberOf)
                .filter(number -> number > 0)
                .sorted()
                .toList();
        for (long number : numbers) {
            long next = numbers.getFirst() + segments.size();
            if (number != next) {
                throw new JournalDamaged(
                        "the journal's " + Segment.name(next) + " is missing, and " + Segment.name(number)
                                + " is there",
                        "somebody removed it, or the files were not copied as a whole");
            }
            segments.add(Segment.open(disk, Segment.name(number), clusterId));
        }
        int largest = segments.stream()
                .mapToInt(segment -> segment.header.sizeBytes())
                .max()
                .orElse(0);
        memory = Window.memory(largest);
    }

    private Window window(Segment segment) {
        return new Window(segment.file, Objects.requireNonNull(memory));
    }

    /** Goes along a segment; false when the journal ends in it. */
    private boolean walk(int index) throws IOException, JournalRefused {
        Segment segment = segments.get(index);
        long first = expected == 0 ? segment.header.firstSequence() : expected;
        FrameWalk walk = FrameWalk.fromBeginning(window(segment), segment.header, first);
        JournalRecord record = walk.next();
        if (record == null && first == 0) {
            throw new JournalDamaged(
                    "the first record of the journal's oldest " + segment.name() + " cannot be read",
                    DAMAGE + ": that record was durable before older segments were given up");
        }
        segment.begin(record == null ? first : record.sequence());
        while (record != null) {
            lastUsed = index;
            take(segment, record, walk);
            record = walk.next();
        }
        expected = segment.lastSequence + 1;
        return goesOn(index) || ends(index);
    }

    private void take(Segment segment, JournalRecord record, FrameWalk walk) {
        if (walk.durable() > proven) {
            proven = walk.durable();
            unprovenOffset = segment.offset;
        }
        segment.lastSequence = record.sequence();
        segment.offset = walk.offset();
        segment.crc = walk.crc();
        last = new JournalRecord(
                record.sequence(),
                record.epoch(),
                record.type(),
                record.timeNs(),
                record.namespaceChecksum(),
                ByteBuffer.allocate(0));
    }

    /** Whether the next segment goes on where this one ends. */
    private boolean goesOn(int index) throws IOException, JournalDamaged {
        if (index + 1 == segments.size()) {
            return false;
        }
        Segment next = segments.get(index + 1);
        JournalRecord first =
                FrameWalk.fromBeginning(window(next), next.header, 0).next();
        if (first == null) {
            return false;
        }
        if (segments.get(index).isEmpty() || first.sequence() > expected) {
            throw lost(segments.get(index), next.name() + " goes on with record " + first.sequence());
        }
        if (first.sequence() < expected) {
            throw new JournalDamaged(
                    "the journal's " + next.name() + " begins with record " + first.sequence() + ", which "
                            + segments.get(index).name() + " holds too",
                    "files of different times were put together");
        }
        return true;
    }

    private JournalDamaged lost(Segment segment, String proof) {
        return new JournalDamaged(
                "record " + expected + ", at byte " + segment.offset + " of the journal's " + segment.name()
                        + ", cannot be read although it was durable: " + proof,
                DAMAGE);
    }

    /** The chain has ended, and nothing goes on from there: a tail that was never acknowledged, or damage? */
    private boolean ends(int index) throws IOException, JournalDamaged {
        Segment segment = segments.get(index);
        boolean half = FrameWalk.fromEnd(window(segment), segment).endsInHalfAFrame();
        int wholeFrames = 0;
        for (Segment each : segments.subList(index, segments.size())) {
            wholeFrames += framesBehind(each, segment);
        }
        if (half || wholeFrames > 0) {
            tornTail = new OpenReport.TornTail(segment.name(), segment.offset, expected, wholeFrames);
        }
        return false;
    }

    /**
     * Looks for frames behind the end at every place where one could begin, and throws if one of them proves that the record
     * that is not there was durable.
     */
    private int framesBehind(Segment in, Segment end) throws IOException, JournalDamaged {
        Window window = window(in);
        FrameWalk walk = FrameWalk.fromEnd(window, in);
        int found = 0;
        long offset = walk.nextCandidate(in.offset);
        while (offset < in.header.sizeBytes()) {
            int length = walk.soundLength(offset);
            if (length > 0) {
                found++;
                int at = window.at(offset, length);
                long sequence = Frame.sequence(window.bytes(), at);
                if (Frame.durableSequence(window.bytes(), at) >= expected) {
                    throw lost(end, "record " + sequence + " at byte " + offset + " of " + in.name() + " says so");
                }
            }
            offset = walk.nextCandidate(offset + (length == 0 ? Frame.ALIGNMENT : Frame.align(length)));
        }
        return found;
    }
}
