package org.twinshare.filestore;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request that may change the tree, as the client asked for it (RFC 1813 section 3.3). */
public sealed interface Operation {
    /** Who asks. */
    Caller caller();

    /** What CREATE does when the name exists already (RFC 1813 section 3.3.8, createmode3). */
    enum CreateMode {
        UNCHECKED,
        GUARDED,
        EXCLUSIVE
    }

    /**
     * CREATE: a regular file.
     *
     * @param verifier of the client, for EXCLUSIVE only
     */
    record Create(Caller caller, long directory, Name name, CreateMode mode, SetAttributes attributes, long verifier)
            implements Operation {}

    /** MKDIR. */
    record MakeDirectory(Caller caller, long directory, Name name, SetAttributes attributes) implements Operation {}

    /**
     * SYMLINK.
     *
     * @param target the bytes of the link, never looked into
     */
    record MakeSymlink(Caller caller, long directory, Name name, SetAttributes attributes, byte[] target)
            implements Operation {}

    /**
     * MKNOD: a FIFO, a socket or a device.
     *
     * @param rdev major and minor in the high and low 32 bits
     */
    record MakeNode(Caller caller, long directory, Name name, FileType type, SetAttributes attributes, long rdev)
            implements Operation {}

    /** REMOVE: a name of anything but a directory. */
    record Remove(Caller caller, long directory, Name name) implements Operation {}

    /** RMDIR: an empty directory. */
    record RemoveDirectory(Caller caller, long directory, Name name) implements Operation {}

    /** RENAME. */
    record Rename(Caller caller, long fromDirectory, Name fromName, long toDirectory, Name toName)
            implements Operation {}

    /** LINK: one more name for an object. */
    record Link(Caller caller, long object, long directory, Name name) implements Operation {}

    /**
     * SETATTR.
     *
     * @param guardNs the ctime that the object must still have, or null
     */
    record SetAttr(
            Caller caller,
            long object,
            SetAttributes attributes,
            @Nullable Long guardNs) implements Operation {}

    /**
     * WRITE.
     *
     * @param data from its position to its limit; a direct buffer, valid until the call returns
     */
    record Write(Caller caller, long object, long offsetBytes, ByteBuffer data, Stability stability)
            implements Operation {}

    /**
     * COMMIT.
     *
     * @param count in bytes, 0 for everything from the offset on
     */
    record Commit(Caller caller, long object, long offsetBytes, long count) implements Operation {}
}
