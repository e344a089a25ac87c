package org.twinshare.filestore;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Operation} makes true: decided with all permissions under the locks, and then carried out exactly as it
 * says. It names everything that is not already on disk, so that it can be carried out again, here or elsewhere.
 */
public sealed interface Change {
    /** For a number: leave it as it is. */
    int KEEP = -1;
    /** For a time or a size: leave it as it is. */
    long KEEP_LONG = Long.MIN_VALUE;

    /** The moment of the change in nanoseconds since 1970: the ctime of what it touches. */
    long timeNs();

    /** The object that it is about; 0 for none. */
    long object();

    /**
     * A new object under a name.
     *
     * @param target of a symbolic link, otherwise empty
     */
    record Made(
            long timeNs,
            long object,
            long directory,
            Name name,
            FileType type,
            int mode,
            int uid,
            int gid,
            long rdev,
            byte[] target,
            long sizeBytes,
            long accessNs,
            long modifyNs,
            @Nullable Long verifier)
            implements Change {}

    /** New attributes of an object, as they are afterwards; KEEP leaves one. */
    record AttributesSet(
            long timeNs, long object, int mode, int uid, int gid, long sizeBytes, long accessNs, long modifyNs)
            implements Change {}

    /** One more name. */
    record Linked(long timeNs, long object, long directory, Name name) implements Change {}

    /**
     * A name less.
     *
     * @param wasDirectory the name was a directory's
     */
    record Removed(long timeNs, long object, long directory, Name name, boolean wasDirectory) implements Change {}

    /**
     * A name in place of another.
     *
     * @param replaced id of the object that had the new name, 0 for none
     */
    record Moved(
            long timeNs, long object, long fromDirectory, Name fromName, long toDirectory, Name toName, long replaced)
            implements Change {}

    /**
     * Bytes of a file.
     *
     * @param mode of the file afterwards, where setuid and setgid go; otherwise KEEP
     */
    record Written(long timeNs, long object, long offsetBytes, ByteBuffer data, Stability stability, int mode)
            implements Change {}

    /**
     * Bytes of a file that were written are to be durable.
     *
     * @param count in bytes, 0 for all from the offset on
     */
    record Committed(long timeNs, long object, long offsetBytes, long count) implements Change {}

    /** The operation succeeds and nothing changes: a CREATE of what is there, a RENAME onto the same object. */
    record Nothing(long timeNs, long object) implements Change {}
}
