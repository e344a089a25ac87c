package org.twinshare.replication.copy;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.twinshare.filestore.Change;

/**
 * Files whose bytes were fetched ahead of their records. They are as these records leave them, or later ones: what is done
 * over them again, a truncation above all, takes away what was promised to be here. So the bytes of these records are passed
 * over, and of a file that a record changes while it is fetched nothing is believed. Thread-safe.
 */
final class FetchedAhead {
    /** Direct, as what is written has to be. */
    static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(0);

    /** Files that are being fetched, and whose bytes nothing else has changed since that began. */
    private final Set<Long> undisturbed = new HashSet<>();
    /** Up to which record the bytes of a file are here. */
    private final Map<Long, Long> upTo = new HashMap<>();

    /** Files are fetched from now on. */
    synchronized void begin(Collection<Long> files) {
        undisturbed.clear();
        undisturbed.addAll(files);
    }

    /** Bytes of a file are changed by something else than fetching. */
    synchronized void disturb(long file) {
        undisturbed.remove(file);
    }

    /** A file was fetched, and is on disk; false where it was disturbed, so that it has to be fetched again. */
    synchronized boolean fetched(long file, long sequence) {
        boolean whole = undisturbed.contains(file);
        if (whole) {
            upTo.merge(file, sequence, Math::max);
        }
        return whole;
    }

    /** Whether the bytes of a record are in the file already. */
    synchronized boolean has(long file, long sequence) {
        return sequence <= upTo(file);
    }

    /** Up to which record the bytes of a file are here, whatever came with the records; 0 where it was not fetched. */
    synchronized long upTo(long file) {
        return upTo.getOrDefault(file, 0L);
    }

    /** The records up to this one were carried out: a COMMIT's comes for every file, also for one that is gone by then. */
    synchronized void reached(long file, long sequence) {
        if (sequence >= upTo(file)) {
            upTo.remove(file);
        }
    }

    synchronized void clear() {
        undisturbed.clear();
        upTo.clear();
    }

    /** The file whose bytes a change changes; 0 where it changes none. */
    static long fileOf(Change change) {
        return switch (change) {
            case Change.AttributesSet set -> set.sizeBytes() == Change.KEEP_LONG ? 0 : set.object();
            case Change.Written written -> written.object();
            case Change.Made unused -> 0;
            case Change.Linked unused -> 0;
            case Change.Removed unused -> 0;
            case Change.Moved unused -> 0;
            case Change.Committed unused -> 0;
            case Change.Nothing unused -> 0;
        };
    }

    /** What else a change does. */
    static Change withoutBytes(Change change) {
        return switch (change) {
            case Change.AttributesSet set ->
                new Change.AttributesSet(
                        set.timeNs(),
                        set.object(),
                        set.mode(),
                        set.uid(),
                        set.gid(),
                        Change.KEEP_LONG,
                        set.accessNs(),
                        set.setsModified() ? set.timeNs() : set.modifyNs());
            case Change.Written written ->
                new Change.Written(
                        written.timeNs(),
                        written.object(),
                        written.offsetBytes(),
                        NO_BYTES.duplicate(),
                        written.stability(),
                        written.mode());
            default -> change;
        };
    }
}
