package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a journal: reads it, refuses it or makes sure that what was read is on disk, and puts the files in order for what
 * comes. Until all has been read and found good nothing is changed. Used once.
 */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    /**
     * What the journal has to be.
     *
     * @param checkpoint the records behind this sequence must be there
     */
    record Wanted(long clusterId, long checkpoint, Origin origin) {
        Wanted(long clusterId, long checkpoint) {
            this(clusterId, checkpoint, Origin.OWN);
        }
    }

    /** Where the records of the journal come from. */
    enum Origin {
        /** This server writes them. */
        OWN,
        /** They are copies of another journal's. */
        COPY,
        /** As copies, and there is no journal yet: the first one follows the checkpoint. */
        NEW_COPY
    }

    private final JournalDisk disk;
    private final JournalSettings settings;
    private final Wanted wanted;
    private final SegmentMaker maker;
    private final Scan scan;
    private @Nullable Segments segments;
    private @Nullable OpenReport report;

    Opening(JournalDisk disk, JournalSettings settings, RandomGenerator random, Wanted wanted) {
        this.disk = disk;
        this.settings = settings;
        this.wanted = wanted;
        maker = new SegmentMaker(disk, settings.segmentBytes(), wanted.clusterId(), random);
        scan = new Scan(disk, wanted.clusterId());
    }

    /** Opens the journal on a disk, which is closed when this throws. */
    static Journal open(JournalDisk disk, JournalSettings settings, InstantSource clock, Wanted wanted)
            throws IOException, JournalRefused {
        Opening opening = new Opening(disk, settings, new SecureRandom(), wanted);
        try {
            opening.run();
        } catch (IOException | JournalRefused e) {
            opening.giveUp();
            disk.close();
            throw e;
        }
        Journal journal = new Journal(disk, settings, clock, opening);
        journal.start();
        return journal;
    }

    Order order(InstantSource clock) {
        Order order = new Order(clock, report().lastSequence(), report().last());
        if (wanted.origin() != Origin.OWN) {
            order.copied();
        }
        return order;
    }

    SegmentMaker maker() {
        return maker;
    }

    Segments segments() {
        return Objects.requireNonNull(segments);
    }

    OpenReport report() {
        return Objects.requireNonNull(report);
    }

    void run() throws IOException, JournalRefused {
        scan.run();
        if (wanted.origin() == Origin.NEW_COPY && !scan.segments.isEmpty()) {
            throw new JournalRefused(
                    "a journal cannot begin with record " + (wanted.checkpoint() + 1),
                    "there is one already, of " + scan.segments.size() + " segments",
                    "move its files away first");
        }
        List<Segment> kept = scan.segments.subList(0, scan.lastUsed + 1);
        long first = kept.isEmpty() ? firstOfEmpty() : kept.getFirst().firstSequence;
        OpenReport found = new OpenReport(first, scan.last, scan.tornTail);
        check(found);
        if (found.tornTail() != null) {
            LOG.warn("the journal had a torn end, as a crash leaves it: {}", found.tornTail());
        }
        prove();
        List<String> spares = retireBehind(scan.lastUsed);
        if (kept.isEmpty()) {
            kept = List.of(spares.isEmpty() ? maker.create(1, first) : maker.reuse(spares.removeLast(), 1, first));
            kept.getFirst().begin(first);
        }
        kept.subList(0, kept.size() - 1).forEach(Segment::close);
        segments = new Segments(settings.maxSegments(), new ArrayList<>(kept), spares);
        if (found.tornTail() != null && scan.lastUsed >= 0) {
            segments.completeLast();
        }
        report = found;
    }

    private long firstOfEmpty() {
        if (wanted.origin() == Origin.NEW_COPY) {
            return wanted.checkpoint() + 1;
        }
        return scan.segments.isEmpty() ? 1 : scan.segments.getFirst().firstSequence;
    }

    private void check(OpenReport found) throws JournalRefused {
        if (found.oldestSequence() <= wanted.checkpoint() + 1 && found.lastSequence() >= wanted.checkpoint()) {
            return;
        }
        String there = scan.last == null
                ? "it is empty"
                : "it holds records " + found.oldestSequence() + " to " + found.lastSequence();
        throw new JournalRefused(
                "the journal does not hold the records behind " + wanted.checkpoint(),
                there + ": this is not the journal that belongs to the data, or files are missing from it",
                "mount the journal's disk, or bring back its files");
    }

    /**
     * What no frame proves to have been synced is in the page cache at least, and may be nowhere else, also after a sync that
     * failed before: written once more and synced it is sure.
     */
    private void prove() throws IOException {
        if (scan.lastUsed < 0) {
            return;
        }
        Segment last = scan.segments.get(scan.lastUsed);
        ByteBuffer bytes = ByteBuffer.allocateDirect(SegmentHeader.BYTES * 16);
        long offset = scan.unprovenOffset;
        while (offset < last.offset) {
            bytes.clear().limit((int) Math.min(bytes.capacity(), last.offset - offset));
            int read = last.file.read(bytes, offset);
            bytes.flip();
            last.file.write(bytes, offset);
            offset += read;
        }
        last.file.sync();
    }

    /** Segments behind the last one that is used hold nothing, or a torn tail: they become spare ones, last first. */
    private List<String> retireBehind(int lastUsed) throws IOException {
        List<String> spares = new ArrayList<>(
                disk.names().stream().filter(SegmentMaker::isSpare).toList());
        for (int i = scan.segments.size() - 1; i > lastUsed; i--) {
            Segment segment = scan.segments.get(i);
            segment.close();
            spares.add(maker.retire(segment.header.number()));
        }
        while (!spares.isEmpty() && lastUsed + 1 + spares.size() > settings.maxSegments()) {
            disk.delete(spares.removeLast());
        }
        return spares;
    }

    /** Closes what was opened. */
    void giveUp() {
        scan.segments.forEach(Segment::close);
    }
}
