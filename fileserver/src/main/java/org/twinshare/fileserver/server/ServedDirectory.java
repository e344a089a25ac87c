package org.twinshare.fileserver.server;

import org.twinshare.exports.BytePath;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/** Looks at a directory that an operator wrote, by its bytes: a Java path could not hold every name. Has no state. */
final class ServedDirectory {
    private ServedDirectory() {}

    private interface Look<T> {
        T at(int fd) throws ErrnoException;
    }

    /** Type, owner and mode. */
    static Stat stat(BytePath directory) throws ErrnoException {
        return look(directory, Posix::fstat);
    }

    /** The path without symbolic links; the same where it cannot be found out. */
    static BytePath real(BytePath directory) {
        try {
            return BytePath.parse(look(directory, Posix::pathOf)).orElse(directory);
        } catch (ErrnoException e) {
            return directory;
        }
    }

    private static <T> T look(BytePath directory, Look<T> look) throws ErrnoException {
        int fd = Posix.openat2(Posix.AT_FDCWD, directory.bytes(), OpenFlags.O_PATH, 0);
        try {
            return look.at(fd);
        } finally {
            Posix.close(fd);
        }
    }
}
