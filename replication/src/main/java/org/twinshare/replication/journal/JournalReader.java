package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of an open journal one after another, up to what is durable, and goes on as more becomes durable. Not
 * thread-safe; who may read far behind lets nothing be released that it still needs.
 */
public final class JournalReader implements AutoCloseable {
    private final Journal journal;
    private final JournalDisk disk;
    private long next;
    private @Nullable Place place;
    private @Nullable ByteBuffer memory;

    /** Where it reads. */
    private record Place(long segment, JournalDisk.OpenFile file, Window window, FrameWalk walk) {}

    JournalReader(Journal journal, JournalDisk disk, long fromSequence) {
        this.journal = journal;
        this.disk = disk;
        next = Math.max(fromSequence, 1);
    }

    /**
     * The next durable record, whose body holds until the next call; null when there is none yet.
     *
     * @throws RecordsReleased when it was given up meanwhile
     * @throws JournalDamaged  when it cannot be read any more
     */
    public @Nullable JournalRecord next() throws IOException, RecordsReleased, JournalDamaged {
        while (next <= journal.durableSequence()) {
            JournalRecord record = readOne();
            if (record != null && record.sequence() == next) {
                next++;
                return record;
            }
        }
        return null;
    }

    /** A record, which may be one from before the first that is wanted; null after moving on to another segment. */
    private @Nullable JournalRecord readOne() throws IOException, RecordsReleased, JournalDamaged {
        Segment holding = journal.segmentHolding(next);
        if (holding == null) {
            throw new RecordsReleased(next, journal.statistics().oldestSequence());
        }
        Place here = place;
        if (here == null || here.segment() != holding.header.number()) {
            open(holding);
            return null;
        }
        JournalRecord record = here.walk().next();
        if (record != null) {
            return record;
        }
        // What is in memory may be from before the record was written.
        here.window().forget();
        record = here.walk().next();
        if (record == null && journal.segmentHolding(next) == holding) {
            throw new JournalDamaged(
                    "record " + next + " at byte " + here.walk().offset() + " of the journal's " + holding.name()
                            + " cannot be read",
                    "it was there when it was written, and the disk now returns other bytes");
        }
        return record;
    }

    private void open(Segment segment) throws IOException, JournalDamaged {
        close();
        try {
            JournalDisk.OpenFile file = disk.open(segment.name());
            Window window = new Window(file, memoryFor(segment.header.sizeBytes()));
            FrameWalk walk = FrameWalk.fromBeginning(window, segment.header, segment.firstSequence);
            place = new Place(segment.header.number(), file, window, walk);
        } catch (NoSuchFileException e) {
            if (journal.segmentHolding(next) == segment) {
                throw new JournalDamaged(
                        "the journal's " + segment.name() + " with record " + next + " is missing",
                        "somebody removed it while the server ran");
            }
            // It was released just now, which the next look at the journal shows.
        }
    }

    private ByteBuffer memoryFor(int segmentBytes) {
        ByteBuffer enough = memory;
        if (enough == null || enough.capacity() < segmentBytes) {
            enough = Window.memory(segmentBytes);
            memory = enough;
        }
        return enough;
    }

    /** Sequence of the record that comes next. */
    public long position() {
        return next;
    }

    @Override
    public void close() {
        if (place != null) {
            place.file().close();
            place = null;
        }
    }
}
