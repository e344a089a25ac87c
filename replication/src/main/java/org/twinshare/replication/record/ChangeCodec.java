package org.twinshare.replication.record;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;

/**
 * A change in bytes: one for its kind, then its fields in the order of the record class, drawn in docs/journal.md. Its moment
 * is not among them, because that is the moment of the record that it lies in.
 */
final class ChangeCodec {
    private static final int MADE = 1;
    private static final int ATTRIBUTES_SET = 2;
    private static final int LINKED = 3;
    private static final int REMOVED = 4;
    private static final int MOVED = 5;
    private static final int WRITTEN = 6;

    /** Everything but names, targets and data. */
    private static final int FIXED_BYTES = 100;

    private ChangeCodec() {}

    /** So many bytes or fewer. */
    static int maxBytes(Change change) {
        int variable = switch (change) {
            case Change.Made made -> made.target().length + Name.MAX_BYTES;
            case Change.Written written -> written.data().remaining();
            case Change.Linked unused -> Name.MAX_BYTES;
            case Change.Removed unused -> Name.MAX_BYTES;
            case Change.Moved unused -> 2 * Name.MAX_BYTES;
            case Change.AttributesSet unused -> 0;
            case Change.Committed unused -> 0;
            case Change.Nothing unused -> 0;
        };
        return FIXED_BYTES + variable;
    }

    static void encode(BodyWriter to, Change change) {
        switch (change) {
            case Change.Made made -> encodeMade(to, made);
            case Change.AttributesSet set ->
                to.putByte(ATTRIBUTES_SET)
                        .putLong(set.object())
                        .putInt(set.mode())
                        .putInt(set.uid())
                        .putInt(set.gid())
                        .putLong(set.sizeBytes())
                        .putLong(set.accessNs())
                        .putLong(set.modifyNs());
            case Change.Linked linked ->
                to.putByte(LINKED)
                        .putLong(linked.object())
                        .putLong(linked.directory())
                        .putName(linked.name());
            case Change.Removed removed ->
                to.putByte(REMOVED)
                        .putLong(removed.object())
                        .putLong(removed.directory())
                        .putFlag(removed.wasDirectory())
                        .putName(removed.name());
            case Change.Moved moved ->
                to.putByte(MOVED)
                        .putLong(moved.object())
                        .putLong(moved.fromDirectory())
                        .putLong(moved.toDirectory())
                        .putLong(moved.replaced())
                        .putName(moved.fromName())
                        .putName(moved.toName());
            case Change.Written written ->
                to.putByte(WRITTEN)
                        .putLong(written.object())
                        .putLong(written.offsetBytes())
                        .putInt(written.mode())
                        .putByte(written.stability().number())
                        .putRest(written.data());
            case Change.Committed unused -> throw new IllegalArgumentException("COMMIT has an entry of its own");
            case Change.Nothing unused -> throw new IllegalArgumentException("nothing to write down");
        }
    }

    private static void encodeMade(BodyWriter to, Change.Made made) {
        Long verifier = made.verifier();
        to.putByte(MADE)
                .putLong(made.object())
                .putLong(made.directory())
                .putType(made.type())
                .putInt(made.mode())
                .putInt(made.uid())
                .putInt(made.gid())
                .putLong(made.rdev())
                .putLong(made.sizeBytes())
                .putLong(made.accessNs())
                .putLong(made.modifyNs())
                .putFlag(verifier != null)
                .putLong(verifier == null ? 0 : verifier)
                .putName(made.name())
                .putShort(made.target().length)
                .putBytes(made.target());
    }

    static Change decode(BodyReader from, long timeNs) throws MalformedRecord {
        int kind = from.takeByte();
        return switch (kind) {
            case MADE -> decodeMade(from, timeNs);
            case ATTRIBUTES_SET ->
                new Change.AttributesSet(
                        timeNs,
                        from.takeLong(),
                        from.takeInt(),
                        from.takeInt(),
                        from.takeInt(),
                        from.takeLong(),
                        from.takeLong(),
                        from.takeLong());
            case LINKED -> new Change.Linked(timeNs, from.takeLong(), from.takeLong(), from.takeName());
            case REMOVED -> decodeRemoved(from, timeNs);
            case MOVED -> decodeMoved(from, timeNs);
            case WRITTEN -> decodeWritten(from, timeNs);
            default -> throw new MalformedRecord("a change of kind " + kind);
        };
    }

    private static Change decodeMade(BodyReader from, long timeNs) throws MalformedRecord {
        long object = from.takeLong();
        long directory = from.takeLong();
        FileType type = from.takeType();
        int mode = from.takeInt();
        int uid = from.takeInt();
        int gid = from.takeInt();
        long rdev = from.takeLong();
        long sizeBytes = from.takeLong();
        long accessNs = from.takeLong();
        long modifyNs = from.takeLong();
        boolean exclusive = from.takeFlag();
        long number = from.takeLong();
        if (!exclusive && number != 0) {
            throw new MalformedRecord("a verifier that is said not to be there");
        }
        @Nullable Long verifier = exclusive ? Long.valueOf(number) : null;
        Name name = from.takeName();
        byte[] target = from.takeBytes(from.takeShort());
        return new Change.Made(
                timeNs, object, directory, name, type, mode, uid, gid, rdev, target, sizeBytes, accessNs, modifyNs,
                verifier);
    }

    private static Change decodeRemoved(BodyReader from, long timeNs) throws MalformedRecord {
        long object = from.takeLong();
        long directory = from.takeLong();
        boolean wasDirectory = from.takeFlag();
        return new Change.Removed(timeNs, object, directory, from.takeName(), wasDirectory);
    }

    private static Change decodeMoved(BodyReader from, long timeNs) throws MalformedRecord {
        long object = from.takeLong();
        long fromDirectory = from.takeLong();
        long toDirectory = from.takeLong();
        long replaced = from.takeLong();
        Name fromName = from.takeName();
        return new Change.Moved(timeNs, object, fromDirectory, fromName, toDirectory, from.takeName(), replaced);
    }

    private static Change decodeWritten(BodyReader from, long timeNs) throws MalformedRecord {
        long object = from.takeLong();
        long offsetBytes = from.takeLong();
        int mode = from.takeInt();
        Stability stability = stability(from.takeByte());
        return new Change.Written(timeNs, object, offsetBytes, from.takeRest(), stability, mode);
    }

    static Stability stability(int number) throws MalformedRecord {
        for (Stability stability : Stability.values()) {
            if (stability.number() == number) {
                return stability;
            }
        }
        throw new MalformedRecord("a stability of " + number);
    }
}
