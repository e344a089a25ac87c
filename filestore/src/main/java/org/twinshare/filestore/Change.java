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

    /** The same change at another moment. */
    Change at(long timeNs);

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
            implements Change {
        /** The same object under another name. */
        public Made in(long otherDirectory, Name otherName) {
            return new Made(
                    timeNs,
                    object,
                    otherDirectory,
                    otherName,
                    type,
                    mode,
                    uid,
                    gid,
                    rdev,
                    target,
                    sizeBytes,
                    accessNs,
                    modifyNs,
                    verifier);
        }

        @Override
        public Made at(long now) {
            return new Made(
                    now, object, directory, name, type, mode, uid, gid, rdev, target, sizeBytes, accessNs, modifyNs,
                    verifier);
        }
    }

    /** New attributes of an object, as they are afterwards; KEEP leaves one, but a new size comes with the mtime of the change. */
    record AttributesSet(
            long timeNs, long object, int mode, int uid, int gid, long sizeBytes, long accessNs, long modifyNs)
            implements Change {
        /** Whether the mtime is the moment of the change, because its size is set and no mtime is given. */
        public boolean setsModified() {
            return sizeBytes != KEEP_LONG && modifyNs == KEEP_LONG;
        }

        @Override
        public AttributesSet at(long now) {
            return new AttributesSet(now, object, mode, uid, gid, sizeBytes, accessNs, modifyNs);
        }
    }

    /** One more name. */
    record Linked(long timeNs, long object, long directory, Name name) implements Change {
        @Override
        public Linked at(long now) {
            return new Linked(now, object, directory, name);
        }
    }

    /**
     * A name less.
     *
     * @param wasDirectory the name was a directory's
     */
    record Removed(long timeNs, long object, long directory, Name name, boolean wasDirectory) implements Change {
        @Override
        public Removed at(long now) {
            return new Removed(now, object, directory, name, wasDirectory);
        }
    }

    /**
     * A name in place of another.
     *
     * @param replaced id of the object that had the new name, 0 for none
     */
    record Moved(
            long timeNs, long object, long fromDirectory, Name fromName, long toDirectory, Name toName, long replaced)
            implements Change {
        @Override
        public Moved at(long now) {
            return new Moved(now, object, fromDirectory, fromName, toDirectory, toName, replaced);
        }
    }

    /**
     * Bytes of a file.
     *
     * @param mode of the file afterwards, where setuid and setgid go; otherwise KEEP
     */
    record Written(long timeNs, long object, long offsetBytes, ByteBuffer data, Stability stability, int mode)
            implements Change {
        @Override
        public Written at(long now) {
            return new Written(now, object, offsetBytes, data, stability, mode);
        }
    }

    /**
     * Bytes of a file that were written are to be durable.
     *
     * @param count in bytes, 0 for all from the offset on
     */
    record Committed(long timeNs, long object, long offsetBytes, long count) implements Change {
        @Override
        public Committed at(long now) {
            return new Committed(now, object, offsetBytes, count);
        }
    }

    /** The operation succeeds and nothing changes: a CREATE of what is there, a RENAME onto the same object. */
    record Nothing(long timeNs, long object) implements Change {
        @Override
        public Nothing at(long now) {
            return new Nothing(now, object);
        }
    }
}
