package org.twinshare.fileserver.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;

/**
 * The address of the control socket. A path longer than a socket address can hold (108 bytes, unix(7)) is reached through the
 * directory's descriptor in /proc.
 */
final class ControlSocket {
    private static final int MAX_PATH_BYTES = 100;

    private ControlSocket() {}

    interface Use<T> {
        T with(UnixDomainSocketAddress address) throws IOException;
    }

    static <T> T use(Path socket, Use<T> use) throws IOException {
        if (socket.toString().getBytes(UTF_8).length <= MAX_PATH_BYTES) {
            return use.with(UnixDomainSocketAddress.of(socket));
        }
        Path directory = Objects.requireNonNull(socket.toAbsolutePath().getParent());
        int fd;
        try {
            fd = Posix.openat2(Posix.AT_FDCWD, directory.toString().getBytes(UTF_8), OpenFlags.O_PATH, 0);
        } catch (ErrnoException e) {
            throw new IOException(directory + ": " + e.getMessage(), e);
        }
        try {
            return use.with(UnixDomainSocketAddress.of("/proc/self/fd/" + fd + "/" + socket.getFileName()));
        } finally {
            Posix.close(fd);
        }
    }
}
