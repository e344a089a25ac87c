package org.twinshare.filestore;

import org.jspecify.annotations.Nullable;

/**
 * The attributes that a request wants set (RFC 1813 section 2.5, sattr3); null leaves one as it is.
 *
 * @param mode permission bits with setuid, setgid and sticky
 */
public record SetAttributes(
        @Nullable Integer mode,
        @Nullable Integer uid,
        @Nullable Integer gid,
        @Nullable Long sizeBytes,
        @Nullable SetTime access,
        @Nullable SetTime modify) {

    /** Sets nothing. */
    public static final SetAttributes NOTHING = new SetAttributes(null, null, null, null, null, null);

    /** A time to set: the server's clock, or the one that the client gives, in nanoseconds since 1970. */
    public sealed interface SetTime {
        /** The moment at which the server carries out the request. */
        record ServerTime() implements SetTime {}

        record ClientTime(long timeNs) implements SetTime {}
    }

    public boolean isNothing() {
        return equals(NOTHING);
    }

    /** The same without the size, for an object that was truncated already. */
    public SetAttributes withoutSize() {
        return new SetAttributes(mode, uid, gid, null, access, modify);
    }
}
