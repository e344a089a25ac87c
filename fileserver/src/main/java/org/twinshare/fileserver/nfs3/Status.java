package org.twinshare.fileserver.nfs3;

import org.twinshare.filestore.Errno;

/** How a procedure ended (RFC 1813 section 2.6, nfsstat3). */
public enum Status {
    OK(0),
    PERM(1),
    NOENT(2),
    IO(5),
    NXIO(6),
    ACCES(13),
    EXIST(17),
    XDEV(18),
    NODEV(19),
    NOTDIR(20),
    ISDIR(21),
    INVAL(22),
    FBIG(27),
    NOSPC(28),
    ROFS(30),
    MLINK(31),
    NAMETOOLONG(63),
    NOTEMPTY(66),
    DQUOT(69),
    STALE(70),
    REMOTE(71),
    BADHANDLE(10001),
    NOT_SYNC(10002),
    BAD_COOKIE(10003),
    NOTSUPP(10004),
    TOOSMALL(10005),
    SERVERFAULT(10006),
    BADTYPE(10007),
    JUKEBOX(10008);

    private final int number;

    Status(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The status that tells a client of an error of the file tree. */
    public static Status of(Errno errno) {
        return switch (errno) {
            case EPERM -> PERM;
            case ENOENT -> NOENT;
            case ENXIO -> NXIO;
            case EACCES -> ACCES;
            case EEXIST -> EXIST;
            case EXDEV -> XDEV;
            case ENODEV -> NODEV;
            case ENOTDIR -> NOTDIR;
            case EISDIR -> ISDIR;
            case EINVAL, ELOOP, ERANGE, EOVERFLOW -> INVAL;
            case EFBIG -> FBIG;
            case ENOSPC -> NOSPC;
            case EROFS -> ROFS;
            case EMLINK -> MLINK;
            case ENAMETOOLONG -> NAMETOOLONG;
            case ENOTEMPTY -> NOTEMPTY;
            case EDQUOT -> DQUOT;
            case ESTALE, EBADF -> STALE;
            case EOPNOTSUPP, ENOSYS -> NOTSUPP;
            case NOT_SYNC -> Status.NOT_SYNC;
            case BAD_COOKIE -> Status.BAD_COOKIE;
            case TRY_LATER, ENFILE, EMFILE, ENOMEM, EAGAIN -> JUKEBOX;
            // Somebody runs the file, or it is an exported directory: RFC 1813 has no word for busy.
            case EBUSY, ETXTBSY -> ACCES;
            case EINTR, EIO, EFAULT, ENODATA, EUCLEAN -> IO;
        };
    }
}
