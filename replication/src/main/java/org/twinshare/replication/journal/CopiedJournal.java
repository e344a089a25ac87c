package org.twinshare.replication.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A journal whose records come from another one, by {@link Journal#appendCopy}. It puts no marker of its own between them,
 * until a record of its own was appended: then the server was promoted, and it is a journal like any other.
 */
public final class CopiedJournal {
    private CopiedJournal() {}

    /** As {@link Journal#open}. */
    public static Journal open(
            Path directory, JournalSettings settings, InstantSource clock, long clusterId, long checkpoint)
            throws IOException, JournalRefused {
        var wanted = new Opening.Wanted(clusterId, checkpoint, Opening.Origin.COPY);
        return Opening.open(LinuxDisk.lock(directory), settings, clock, wanted);
    }

    /**
     * Begins a journal in an empty directory, whose first record will be this one of the other journal.
     *
     * @throws JournalRefused when there is one already
     */
    public static Journal begin(
            Path directory, JournalSettings settings, InstantSource clock, long clusterId, long firstSequence)
            throws IOException, JournalRefused {
        var wanted = new Opening.Wanted(clusterId, firstSequence - 1, Opening.Origin.NEW_COPY);
        return Opening.open(LinuxDisk.lock(directory), settings, clock, wanted);
    }

    /**
     * Cuts everything behind a record off a journal that is not open, and keeps it as {@code lost-tail-EPOCH} in its directory.
     * Durable when this returns, and may be run again after a crash.
     *
     * @return null when nothing was behind that record
     * @throws JournalRefused when the journal begins later, or is damaged; nothing was changed
     */
    public static @Nullable LostTail cutAfter(Path directory, long clusterId, long sequence)
            throws IOException, JournalRefused {
        try (LinuxDisk disk = LinuxDisk.lock(directory)) {
            return new JournalCut(disk, clusterId, new SecureRandom(), sequence).run();
        }
    }

    /**
     * Removes a journal that is not open, with all its records; lost tails stay. May be run again after a crash.
     *
     * @throws JournalRefused when it is open; nothing was changed
     */
    public static void discard(Path directory) throws IOException, JournalRefused {
        try (LinuxDisk disk = LinuxDisk.lock(directory)) {
            discard(disk);
        }
    }

    /** What is left after a crash is a journal too, which begins where it did, or nothing. */
    static void discard(JournalDisk disk) throws IOException {
        List<String> segments =
                disk.names().stream().filter(Segment::isName).sorted().toList();
        for (String newest : segments.reversed()) {
            disk.delete(newest);
            disk.sync();
        }
    }

    /** Whether a directory has a journal in it, which need not be sound. */
    public static boolean isIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> Segment.isName(file.getFileName().toString()));
        }
    }

    /** Hands over the records of a lost tail one by one; a body is good during the call only. */
    public static void readLostTail(Path directory, LostTail tail, Consumer<JournalRecord> reader)
            throws IOException, JournalRefused {
        try (JournalDisk.OpenFile file = LinuxDisk.file(directory, tail.file())) {
            Window window = new Window(file, Window.memory((int) file.sizeBytes()));
            if (window.at(0, SegmentHeader.BYTES) < 0) {
                throw damaged(tail, tail.firstSequence());
            }
            SegmentHeader header = SegmentHeader.decode(window.bytes(), tail.file());
            FrameWalk walk = FrameWalk.fromBeginning(window, header, tail.firstSequence());
            for (long next = tail.firstSequence(); next <= tail.lastSequence(); next++) {
                JournalRecord record = walk.next();
                if (record == null) {
                    throw damaged(tail, next);
                }
                reader.accept(new JournalRecord(
                        record.sequence(),
                        record.epoch(),
                        record.type(),
                        record.timeNs(),
                        record.namespaceChecksum(),
                        copy(record.body())));
            }
        }
    }

    private static ByteBuffer copy(ByteBuffer body) {
        return ByteBuffer.allocate(body.remaining()).put(body.duplicate()).flip();
    }

    private static JournalDamaged damaged(LostTail tail, long sequence) {
        return new JournalDamaged(
                "record " + sequence + " in " + tail.file() + " cannot be read",
                "the disk returned other bytes than were written, or somebody changed the file");
    }
}
