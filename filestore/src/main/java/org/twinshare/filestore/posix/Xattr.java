package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * Extended attributes (xattr(7)) of open objects of every type, also symbolic links and FIFOs, through O_PATH
 * descriptors. Values are at most 4,096 bytes. Thread-safe.
 */
public final class Xattr {
    private static final long MAX_BYTES = 4096;

    private Xattr() {}

    /** The value, or null where there is none; EOPNOTSUPP where the file system keeps none of this kind. */
    public static byte @Nullable [] get(int fd, String name) throws ErrnoException {
        byte[] attribute = name.getBytes(US_ASCII);
        return orNull(s -> {
            long path = s.descriptorPath(fd);
            long named = s.inStructure(attribute);
            return s.call(CallNumber.GETXATTR, path, named, s.roomAddress(), MAX_BYTES);
        });
    }

    /** As {@link #get}, of an object that was opened for data, at a fifth of the price. */
    public static byte @Nullable [] getOpen(int fd, String name) throws ErrnoException {
        byte[] attribute = name.getBytes(US_ASCII);
        return orNull(s -> s.call(CallNumber.FGETXATTR, fd, s.string(attribute), s.roomAddress(), MAX_BYTES));
    }

    private static byte @Nullable [] orNull(SystemCall call) throws ErrnoException {
        try {
            return SystemCall.run(
                    "getxattr", call, (s, length) -> s.room().asSlice(0, length).toArray(JAVA_BYTE));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODATA) {
                return null;
            }
            throw e;
        }
    }

    /** Sets the value on an object that was opened for data, which is half the price of {@link #set}. */
    public static void setOpen(int fd, String name, byte[] value) throws ErrnoException {
        byte[] attribute = name.getBytes(US_ASCII);
        SystemCall.run(
                "fsetxattr",
                s -> s.call(
                        CallNumber.FSETXATTR, fd, s.string(attribute), s.otherString(value), (long) value.length, 0));
    }

    /** Sets the value, replacing an old one. */
    public static void set(int fd, String name, byte[] value) throws ErrnoException {
        byte[] attribute = name.getBytes(US_ASCII);
        SystemCall.run("setxattr", s -> {
            long path = s.descriptorPath(fd);
            long named = s.inStructure(attribute);
            return s.call(CallNumber.SETXATTR, path, named, s.otherString(value), (long) value.length, 0);
        });
    }
}
