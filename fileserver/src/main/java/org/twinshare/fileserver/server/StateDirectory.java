package org.twinshare.fileserver.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;

/**
 * The directory that the server keeps its state in, readable by it alone, and used by one server at a time.
 *
 * <pre>
 *  cluster.key    secret behind file handles and cookies, see ClusterKey
 *  journal/       what became true since the last checkpoint, see Journal; or elsewhere, with --journal
 *  index/         what is known of every object, see ObjectIndex
 *  control.sock   where the commands ask the running server
 *  lock           held while a server runs
 * </pre>
 */
final class StateDirectory implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel channel;

    private StateDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Makes it where it is missing, and takes it. */
    static StateDirectory take(Path path) throws Refused {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            FileChannel channel =
                    FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new Refused(inUse(path));
            }
            return new StateDirectory(path, channel);
        } catch (IOException e) {
            throw new Refused(unusable(path, e));
        }
    }

    private static Problem inUse(Path path) {
        return new Problem(
                "another twinshare server runs with the state directory " + path,
                "it holds " + path.resolve(LOCK),
                "stop it, or give this one a directory of its own with --state");
    }

    /** Why it cannot be taken now; changes nothing. */
    static Optional<Problem> look(Path path) {
        if (!Files.exists(path.resolve(LOCK))) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE)) {
            return tryLock(channel) == null ? Optional.of(inUse(path)) : Optional.empty();
        } catch (IOException e) {
            return Optional.of(unusable(path, e));
        }
    }

    private static Problem unusable(Path path, IOException why) {
        return new Problem(
                "cannot use the state directory " + path,
                why.getClass().getSimpleName() + ": " + why.getMessage(),
                "make it writable for this user, or name another one with --state");
    }

    @Nullable private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    Path controlSocket() {
        return path.resolve("control.sock");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
