package org.twinshare.filestore.posix;

import java.util.Locale;

/**
 * Numbers of system calls (asm/unistd_64.h on x86-64, asm-generic/unistd.h on ARM). Those from 400 on are the same everywhere.
 */
enum CallNumber {
    OPENAT(257, 56),
    OPENAT2(437, 437),
    CLOSE(3, 57),
    STATX(332, 291),
    NAME_TO_HANDLE_AT(303, 264),
    OPEN_BY_HANDLE_AT(304, 265),
    GETDENTS64(217, 61),
    LSEEK(8, 62),
    READ(0, 63),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    PREADV2(327, 286),
    FTRUNCATE(77, 46),
    FALLOCATE(285, 47),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    SYNCFS(306, 267),
    FADVISE64(221, 223),
    FCHOWNAT(260, 54),
    FCHMODAT(268, 53),
    UTIMENSAT(280, 88),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    LINKAT(265, 37),
    UNLINKAT(263, 35),
    RENAMEAT2(316, 276),
    GETXATTR(191, 8),
    FGETXATTR(193, 10),
    SETXATTR(188, 5),
    FSETXATTR(190, 7),
    FSTATFS(138, 44),
    FANOTIFY_INIT(300, 262),
    FANOTIFY_MARK(301, 263),
    SOCKET(41, 198),
    SENDTO(44, 206),
    UMASK(95, 166),
    GETEUID(107, 175),
    GETEGID(108, 177),
    CAPGET(125, 90),
    CAPSET(126, 91);

    final long number;
    /** As in the manual, for messages. */
    final String manualName;

    CallNumber(int x86, int arm) {
        this.number = armOr(arm, x86);
        this.manualName = name().toLowerCase(Locale.ROOT);
    }

    private static int armOr(int arm, int x86) {
        return System.getProperty("os.arch").equals("aarch64") ? arm : x86;
    }
}
