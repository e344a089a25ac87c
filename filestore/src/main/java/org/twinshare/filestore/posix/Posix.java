package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.MemorySegment;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileSystemSpace;
import org.twinshare.filestore.FileType;

/**
 * Linux system calls on names, owners and attributes, under their own names; see section 2 of the manual for each. All
 * throw {@link ErrnoException} with the errno that the kernel gave. Thread-safe.
 */
public final class Posix {
    /** The directory that relative paths start from. */
    public static final int AT_FDCWD = -100;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_EMPTY_PATH = 0x1000;

    /** openat2(2): every component must lie on the file system of the directory that the walk starts from. */
    public static final int RESOLVE_NO_XDEV = 0x01;
    /** openat2(2): no symbolic link is followed, in any component. */
    public static final int RESOLVE_NO_SYMLINKS = 0x04;
    /** openat2(2): the walk may not leave the directory that it starts from. */
    public static final int RESOLVE_BENEATH = 0x08;

    /** openat2(2): fail with EAGAIN where a disk would have to be asked. */
    private static final int RESOLVE_CACHED = 0x20;

    /** renameat2(2): fail with EEXIST where the new name exists. */
    public static final int RENAME_NOREPLACE = 1;
    /** renameat2(2): both names exist, and change places. */
    public static final int RENAME_EXCHANGE = 2;

    /** For {@link #utimens}: leaves a time as it is. */
    public static final long OMIT = Long.MIN_VALUE;

    private static final byte[] EMPTY = new byte[0];
    /** In the structure, behind the largest handle. */
    private static final int MOUNT_ID_OFFSET = 256;

    private static final long OPEN_HOW_BYTES = 24;

    private Posix() {}

    /** Opens relative to a directory; never follows a symbolic link in the last component. Returns the descriptor. */
    public static int openat(int directoryFd, byte[] path, int flags, int mode) throws ErrnoException {
        int all = flags | OpenFlags.O_CLOEXEC | OpenFlags.O_NOFOLLOW;
        return (int) SystemCall.run("openat", s -> s.call(CallNumber.OPENAT, directoryFd, s.string(path), all, mode));
    }

    /** Opens a path of several components under the given restrictions (RESOLVE_*). */
    public static int openat2(int directoryFd, byte[] path, int flags, int resolve) throws ErrnoException {
        return (int) SystemCall.run("openat2", s -> {
            MemorySegment how = s.structure;
            how.set(JAVA_LONG, 0, flags | OpenFlags.O_CLOEXEC);
            how.set(JAVA_LONG, 8, 0);
            how.set(JAVA_LONG, 16, resolve);
            return s.call(CallNumber.OPENAT2, directoryFd, s.string(path), s.structureAddress(), OPEN_HOW_BYTES);
        });
    }

    /** Opens the object of an O_PATH descriptor for data. */
    public static int reopen(int fd, int flags) throws ErrnoException {
        int all = flags | OpenFlags.O_CLOEXEC;
        return (int) SystemCall.run("open", s -> s.call(CallNumber.OPENAT, AT_FDCWD, s.descriptorPath(fd), all, 0));
    }

    /** Closes; an error that close(2) could report was reported by the fsync before it, so none is thrown. */
    public static void close(int fd) {
        try {
            SystemCall.run("close", s -> s.call(CallNumber.CLOSE, fd));
        } catch (ErrnoException closedAllTheSame) {
            // Linux frees the descriptor whatever close() answers.
        }
    }

    /** Attributes of an open object. */
    public static Stat fstat(int fd) throws ErrnoException {
        return statx(fd, EMPTY, AT_EMPTY_PATH);
    }

    /** Attributes of a name in a directory; a symbolic link is not followed. */
    public static Stat fstatat(int directoryFd, byte[] name) throws ErrnoException {
        return statx(directoryFd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
    }

    /**
     * As {@link #fstatat}, as far as the kernel knows it without asking a disk; EAGAIN where it does not, EINVAL or ENOSYS
     * before Linux 5.12.
     */
    public static Stat fstatatCached(int directoryFd, byte[] name) throws ErrnoException {
        int fd = openat2(directoryFd, name, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, RESOLVE_CACHED);
        try {
            return fstat(fd);
        } finally {
            close(fd);
        }
    }

    private static Stat statx(int fd, byte[] path, int flags) throws ErrnoException {
        return SystemCall.run(
                "statx",
                s -> s.call(CallNumber.STATX, fd, s.string(path), flags, Stat.MASK, s.structureAddress()),
                (s, result) -> Stat.decode(s.structure));
    }

    /** The kernel's handle of a name in a directory; of the open object itself where the name is empty. */
    public static KernelHandle nameToHandleAt(int fd, byte[] name) throws ErrnoException {
        int flags = name.length == 0 ? AT_EMPTY_PATH : 0;
        return SystemCall.run(
                "name_to_handle_at",
                s -> {
                    s.structure.set(JAVA_INT, 0, KernelHandle.MAX_BYTES);
                    long mountId = s.structureAddress() + MOUNT_ID_OFFSET;
                    return s.call(
                            CallNumber.NAME_TO_HANDLE_AT, fd, s.string(name), s.structureAddress(), mountId, flags);
                },
                (s, result) -> KernelHandle.decode(s.structure));
    }

    /** Opens by the kernel's handle; needs CAP_DAC_READ_SEARCH. ESTALE when the inode is gone. */
    public static int openByHandleAt(int mountFd, KernelHandle handle, int flags) throws ErrnoException {
        int all = flags | OpenFlags.O_CLOEXEC;
        return (int) SystemCall.run("open_by_handle_at", s -> {
            handle.encode(s.structure);
            return s.call(CallNumber.OPEN_BY_HANDLE_AT, mountFd, s.structureAddress(), all);
        });
    }

    /** Sets owner and group of an open object (an O_PATH descriptor will do); -1 leaves one as it is. */
    public static void fchown(int fd, int uid, int gid) throws ErrnoException {
        SystemCall.run("fchownat", s -> s.call(CallNumber.FCHOWNAT, fd, s.string(EMPTY), uid, gid, AT_EMPTY_PATH));
    }

    /** Sets the permission bits of an open object that is not a symbolic link (an O_PATH descriptor will do). */
    public static void fchmod(int fd, int mode) throws ErrnoException {
        SystemCall.run("fchmodat", s -> s.call(CallNumber.FCHMODAT, AT_FDCWD, s.descriptorPath(fd), mode, 0));
    }

    /** Sets access and modify time, in nanoseconds since 1970, of an open object (an O_PATH descriptor will do). */
    public static void utimens(int fd, long accessNs, long modifyNs) throws ErrnoException {
        SystemCall.run("utimensat", s -> {
            timespec(s.structure, 0, accessNs);
            timespec(s.structure, 16, modifyNs);
            return s.call(CallNumber.UTIMENSAT, fd, s.string(EMPTY), s.structureAddress(), AT_EMPTY_PATH);
        });
    }

    private static void timespec(MemorySegment to, int offset, long timeNs) {
        final long utimeOmit = (1L << 30) - 2;
        boolean omit = timeNs == OMIT;
        to.set(JAVA_LONG, offset, omit ? 0 : Math.floorDiv(timeNs, 1_000_000_000L));
        to.set(JAVA_LONG, offset + 8, omit ? utimeOmit : Math.floorMod(timeNs, 1_000_000_000L));
    }

    public static void mkdirat(int directoryFd, byte[] name, int mode) throws ErrnoException {
        SystemCall.run("mkdirat", s -> s.call(CallNumber.MKDIRAT, directoryFd, s.string(name), mode));
    }

    /** Makes a FIFO, a socket, a device, or an empty regular file. */
    public static void mknodat(int directoryFd, byte[] name, FileType type, int mode, int major, int minor)
            throws ErrnoException {
        int typeAndMode = type.formatBits() | mode;
        long device = makedev(major, minor);
        SystemCall.run("mknodat", s -> s.call(CallNumber.MKNODAT, directoryFd, s.string(name), typeAndMode, device));
    }

    /** The kernel's encoding of a device number (new_decode_dev of linux/kdev_t.h). */
    private static long makedev(int major, int minor) {
        return (major & 0xfffL) << 8 | minor & 0xffL | (minor & 0xfff00L) << 12;
    }

    public static void symlinkat(byte[] target, int directoryFd, byte[] name) throws ErrnoException {
        SystemCall.run(
                "symlinkat", s -> s.call(CallNumber.SYMLINKAT, s.string(target), directoryFd, s.otherString(name)));
    }

    /** The bytes in a symbolic link that was opened with O_PATH. */
    public static byte[] readlink(int fd) throws ErrnoException {
        return readlinkat(fd, EMPTY);
    }

    /** The path under which the kernel knows an open object now, with " (deleted)" behind it when it has no name. */
    public static byte[] pathOf(int fd) throws ErrnoException {
        return readlinkat(AT_FDCWD, ("/proc/self/fd/" + fd).getBytes(US_ASCII));
    }

    private static byte[] readlinkat(int directoryFd, byte[] path) throws ErrnoException {
        return SystemCall.run(
                "readlinkat",
                s -> s.call(CallNumber.READLINKAT, directoryFd, s.string(path), s.roomAddress(), 4096L),
                (s, length) -> s.room().asSlice(0, length).toArray(JAVA_BYTE));
    }

    /** Gives an open object one more name; needs CAP_DAC_READ_SEARCH, and is then cheaper than {@link #linkat}. */
    public static void linkatAsRoot(int fd, int directoryFd, byte[] name) throws ErrnoException {
        SystemCall.run(
                "linkat",
                s -> s.call(CallNumber.LINKAT, fd, s.string(EMPTY), directoryFd, s.otherString(name), AT_EMPTY_PATH));
    }

    /** Gives an open object (an O_PATH or O_TMPFILE descriptor will do) one more name. */
    public static void linkat(int fd, int directoryFd, byte[] name) throws ErrnoException {
        SystemCall.run(
                "linkat",
                s -> s.call(
                        CallNumber.LINKAT,
                        AT_FDCWD,
                        s.descriptorPath(fd),
                        directoryFd,
                        s.otherString(name),
                        AT_SYMLINK_FOLLOW));
    }

    /** Removes a name of anything but a directory. */
    public static void unlinkat(int directoryFd, byte[] name) throws ErrnoException {
        SystemCall.run("unlinkat", s -> s.call(CallNumber.UNLINKAT, directoryFd, s.string(name), 0));
    }

    /** Removes an empty directory. */
    public static void rmdirat(int directoryFd, byte[] name) throws ErrnoException {
        SystemCall.run("unlinkat", s -> s.call(CallNumber.UNLINKAT, directoryFd, s.string(name), AT_REMOVEDIR));
    }

    public static void renameat2(int fromFd, byte[] fromName, int toFd, byte[] toName, int flags)
            throws ErrnoException {
        SystemCall.run(
                "renameat2",
                s -> s.call(CallNumber.RENAMEAT2, fromFd, s.string(fromName), toFd, s.otherString(toName), flags));
    }

    /** Space and inodes left on the file system of an open object. */
    public static FileSystemSpace fstatfs(int fd) throws ErrnoException {
        return SystemCall.run(
                "fstatfs",
                s -> s.call(CallNumber.FSTATFS, fd, s.structureAddress()),
                (s, result) -> space(s.structure));
    }

    /** What the file system calls itself (f_fsid): mostly from its UUID, on some file systems from the device. */
    public static long fileSystemId(int fd) throws ErrnoException {
        return SystemCall.run(
                "fstatfs",
                s -> s.call(CallNumber.FSTATFS, fd, s.structureAddress()),
                (s, result) -> s.structure.get(JAVA_LONG, 56));
    }

    /** Reads a {@code struct statfs} of 64-bit Linux (statfs(2)). */
    private static FileSystemSpace space(MemorySegment statfs) {
        long fragmentBytes = statfs.get(JAVA_LONG, 72);
        long unitBytes = fragmentBytes == 0 ? statfs.get(JAVA_LONG, 8) : fragmentBytes;
        long freeFiles = statfs.get(JAVA_LONG, 48);
        return new FileSystemSpace(
                unitBytes * statfs.get(JAVA_LONG, 16),
                unitBytes * statfs.get(JAVA_LONG, 24),
                unitBytes * statfs.get(JAVA_LONG, 32),
                statfs.get(JAVA_LONG, 40),
                freeFiles,
                freeFiles);
    }
}
