package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.Set;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * What the records say, and what the primary tells, cannot be made of the tree as it is here: a directory would have to lie in
 * itself, or in what is none. It is no matter of room, rights or a disk.
 */
public final class CannotCatchUp extends IOException {
    private static final Set<Errno> CONTRADICTIONS = Set.of(
            Errno.EINVAL,
            Errno.ELOOP,
            Errno.ENOTEMPTY,
            Errno.EEXIST,
            Errno.ESTALE,
            Errno.ENOENT,
            Errno.ENOTDIR,
            Errno.EISDIR);

    private CannotCatchUp(String message, ErrnoException why) {
        super(message, why);
    }

    /** The same as an IOException of the kind that it is. */
    static IOException of(String message, ErrnoException why) {
        return CONTRADICTIONS.contains(why.errno()) ? new CannotCatchUp(message, why) : new IOException(message, why);
    }
}
