package org.twinshare.filestore.identity;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.Xattr;

/**
 * The id of an object, written on the object itself as an extended attribute before it gets its first name: after a crash
 * only the mark tells an object from another one that took its name or its inode. It holds the inode it was made for, so
 * that a copy of the file with all its attributes is not taken for the file.
 *
 * <pre>
 *  0        4                12               20               28
 *  +--------+----------------+----------------+----------------+
 *  | format | cluster id     | object id      | inode          |
 *  +--------+----------------+----------------+----------------+
 * </pre>
 */
public record Mark(long cluster, long id, long inode) {
    /** Only root sees and sets it (xattr(7), trusted extended attributes). */
    public static final String ATTRIBUTE = "trusted.twinshare.id";

    private static final String USER_ATTRIBUTE = "user.twinshare.id";
    private static final int FORMAT = 1;
    private static final int BYTES = 28;

    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES)
                .putInt(FORMAT)
                .putLong(cluster)
                .putLong(id)
                .putLong(inode)
                .array();
    }

    /**
     * Sets the mark of a directory that is open for listing. Where we may not set the attribute for root alone it goes under a
     * name that its owner may set; false on a file system that keeps no extended attributes at all, where inode and birth tell
     * objects apart.
     */
    public static boolean set(int fd, Mark mark) throws ErrnoException {
        try {
            return set(fd, ATTRIBUTE, mark);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
            return set(fd, USER_ATTRIBUTE, mark);
        }
    }

    private static boolean set(int fd, String attribute, Mark mark) throws ErrnoException {
        try {
            Xattr.setOpen(fd, attribute, mark.bytes());
            return true;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            return false;
        }
    }

    /** The mark of an open object, or null where it has none that this version can read. */
    public static @Nullable Mark of(int fd) throws ErrnoException {
        byte[] value = read(fd, ATTRIBUTE);
        if (value == null) {
            value = read(fd, USER_ATTRIBUTE);
        }
        if (value == null || value.length != BYTES) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(value);
        return bytes.getInt() == FORMAT ? new Mark(bytes.getLong(), bytes.getLong(), bytes.getLong()) : null;
    }

    private static byte @Nullable [] read(int fd, String attribute) throws ErrnoException {
        try {
            return Xattr.get(fd, attribute);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            return null;
        }
    }
}
