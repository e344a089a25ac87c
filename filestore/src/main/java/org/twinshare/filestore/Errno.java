package org.twinshare.filestore;

/** The Linux error numbers that file system calls give, by their own names (errno(3), asm-generic/errno.h). */
public enum Errno {
    EPERM(1),
    ENOENT(2),
    EINTR(4),
    EIO(5),
    ENXIO(6),
    EBADF(9),
    EAGAIN(11),
    ENOMEM(12),
    EACCES(13),
    EFAULT(14),
    EBUSY(16),
    EEXIST(17),
    EXDEV(18),
    ENODEV(19),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    ENFILE(23),
    EMFILE(24),
    ETXTBSY(26),
    EFBIG(27),
    ENOSPC(28),
    EROFS(30),
    EMLINK(31),
    ERANGE(34),
    ENAMETOOLONG(36),
    ENOSYS(38),
    ENOTEMPTY(39),
    ELOOP(40),
    ENODATA(61),
    EOVERFLOW(75),
    EUCLEAN(117),
    EOPNOTSUPP(95),
    ESTALE(116),
    EDQUOT(122),
    /** Two requests raced and the guard of the later one no longer holds (NFS3ERR_NOT_SYNC); Linux has no such number. */
    NOT_SYNC(10002),
    /** A cookie that this directory never gave out; Linux has no such number. */
    BAD_COOKIE(10003),
    /** The service is not ready to answer this yet; the caller may ask again later. Linux has no such number. */
    TRY_LATER(10008);

    private static final Errno[] BY_NUMBER = new Errno[134];

    static {
        for (Errno errno : values()) {
            if (errno.number < BY_NUMBER.length) {
                BY_NUMBER[errno.number] = errno;
            }
        }
    }

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /** The number as the kernel gives it; numbers from 10,000 on are ours. */
    public int number() {
        return number;
    }

    /** The errno of this number; EIO for one that no file system call is documented to give. */
    public static Errno of(int number) {
        Errno known = number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
        return known == null ? EIO : known;
    }
}
