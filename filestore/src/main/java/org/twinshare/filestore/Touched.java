package org.twinshare.filestore;

import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * An object that a change touches, as it is at a moment: what the trees of two servers have in common there.
 *
 * @param mode    permission bits, without the type
 * @param rdev    of a device, 0 for anything else
 * @param settled null for what is no regular file, and where its bytes are not settled
 */
public record Touched(
        long id,
        FileType type,
        int mode,
        int uid,
        int gid,
        long rdev,
        @Nullable Settled settled) {
    /** Size and mtime of a file whose bytes nobody writes. */
    public record Settled(long sizeBytes, long modifyNs) {}

    /** The objects that are looked at after a change, in this order; what it removes is not among them. */
    public static List<Long> idsOf(Change change) {
        return switch (change) {
            case Change.Made made -> List.of(made.object(), made.directory());
            case Change.AttributesSet set -> List.of(set.object());
            case Change.Linked linked -> List.of(linked.object(), linked.directory());
            case Change.Removed removed -> List.of(removed.directory());
            case Change.Moved moved ->
                LongStream.of(moved.object(), moved.fromDirectory(), moved.toDirectory())
                        .distinct()
                        .boxed()
                        .toList();
            case Change.Written written -> List.of(written.object());
            case Change.Committed committed -> List.of(committed.object());
            case Change.Nothing unused -> List.of();
        };
    }

    /** An object as a change makes it. */
    public static Touched of(Change.Made made) {
        Settled settled = made.type() == FileType.REGULAR ? new Settled(made.sizeBytes(), made.modifyNs()) : null;
        return new Touched(made.object(), made.type(), made.mode(), made.uid(), made.gid(), made.rdev(), settled);
    }

    /** The same object after a change of it. */
    public Touched after(Change change) {
        return switch (change) {
            case Change.AttributesSet set
            when set.object() == id ->
                new Touched(
                        id,
                        type,
                        set.mode() == Change.KEEP ? mode : set.mode(),
                        set.uid() == Change.KEEP ? uid : set.uid(),
                        set.gid() == Change.KEEP ? gid : set.gid(),
                        rdev,
                        settledAfter(set));
            case Change.Written written
            when written.object() == id ->
                new Touched(id, type, written.mode() == Change.KEEP ? mode : written.mode(), uid, gid, rdev, null);
            case Change.Committed unused -> unsettled();
            default -> this;
        };
    }

    private @Nullable Settled settledAfter(Change.AttributesSet set) {
        if (settled == null || set.setsModified()) {
            // The mtime is the moment of the record, which has none yet.
            return null;
        }
        return new Settled(
                set.sizeBytes() == Change.KEEP_LONG ? settled.sizeBytes : set.sizeBytes(),
                set.modifyNs() == Change.KEEP_LONG ? settled.modifyNs : set.modifyNs());
    }

    /** The same without what depends on its bytes. */
    public Touched unsettled() {
        return new Touched(id, type, mode, uid, gid, rdev, null);
    }
}
