package org.twinshare.filestore.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;

/**
 * Room on the disk behind the end of a file, for what it grows by next. On a disk that uploads have filled the index would take no
 * commit otherwise: the server could not start, nor give up what it has in its journal, and files could not be removed by its
 * clients. For one thread at a time.
 */
final class RoomAhead implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoomAhead.class);
    /** What 50,000 new files take, at 165 bytes each; a commit also writes anew each page that it changes. */
    private static final long BYTES = 8L << 20;

    private final int fd;
    private long keptUpTo;

    private RoomAhead(int fd) {
        this.fd = fd;
    }

    static RoomAhead of(Path file) throws IOException {
        try {
            byte[] path = file.toString().getBytes(StandardCharsets.UTF_8);
            return new RoomAhead(Posix.openat(Posix.AT_FDCWD, path, OpenFlags.O_RDWR, 0));
        } catch (ErrnoException e) {
            throw new IOException(file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /** To be called when the file may have grown. Does without where the disk has no room, or the file system cannot keep it. */
    void keep() {
        try {
            long size = Posix.fstat(fd).sizeBytes();
            if (size + BYTES / 2 > keptUpTo) {
                Data.allocate(fd, size, BYTES);
                keptUpTo = size + BYTES;
            }
        } catch (ErrnoException e) {
            LOG.debug("no room is kept for what the index grows by: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        Posix.close(fd);
    }
}
