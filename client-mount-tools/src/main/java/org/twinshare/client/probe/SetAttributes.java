package org.twinshare.client.probe;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The attributes to give to an object, each of them or none: sattr3 (RFC 1813, 2.3.5). Begin with {@link #NONE} and add:
 * {@code SetAttributes.NONE.mode(0644).size(0)}.
 */
public record SetAttributes(
        OptionalInt mode, OptionalLong uid, OptionalLong gid, OptionalLong sizeBytes, Time accessed, Time modified) {

    /** Changes nothing. */
    public static final SetAttributes NONE = new SetAttributes(
            OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            new Time.Keep(),
            new Time.Keep());

    /** How to set a time: time_how. */
    public sealed interface Time {
        record Keep() implements Time {}

        record OfServer() implements Time {}

        record OfClient(Timestamp time) implements Time {}

        private void encode(XdrWriter out) {
            switch (this) {
                case Keep keep -> out.putInt(0);
                case OfServer ofServer -> out.putInt(1);
                case OfClient ofClient -> ofClient.time.encode(out.putInt(2));
            }
        }
    }

    /** Only the mode: what CREATE and MKDIR are mostly called with. */
    public static SetAttributes ofMode(int mode) {
        return NONE.mode(mode);
    }

    /** Only the size: truncation or extension. */
    public static SetAttributes ofSize(long sizeBytes) {
        return NONE.size(sizeBytes);
    }

    public SetAttributes mode(int newMode) {
        return new SetAttributes(OptionalInt.of(newMode), uid, gid, sizeBytes, accessed, modified);
    }

    public SetAttributes owner(long newUid, long newGid) {
        return new SetAttributes(mode, OptionalLong.of(newUid), OptionalLong.of(newGid), sizeBytes, accessed, modified);
    }

    public SetAttributes uid(long newUid) {
        return new SetAttributes(mode, OptionalLong.of(newUid), gid, sizeBytes, accessed, modified);
    }

    public SetAttributes gid(long newGid) {
        return new SetAttributes(mode, uid, OptionalLong.of(newGid), sizeBytes, accessed, modified);
    }

    public SetAttributes size(long newSizeBytes) {
        return new SetAttributes(mode, uid, gid, OptionalLong.of(newSizeBytes), accessed, modified);
    }

    public SetAttributes times(Time newAccessed, Time newModified) {
        return new SetAttributes(mode, uid, gid, sizeBytes, newAccessed, newModified);
    }

    void encode(XdrWriter out) {
        out.putBoolean(mode.isPresent());
        mode.ifPresent(out::putInt);
        out.putBoolean(uid.isPresent());
        uid.ifPresent(out::putUnsigned);
        out.putBoolean(gid.isPresent());
        gid.ifPresent(out::putUnsigned);
        out.putBoolean(sizeBytes.isPresent());
        sizeBytes.ifPresent(out::putLong);
        accessed.encode(out);
        modified.encode(out);
    }
}
