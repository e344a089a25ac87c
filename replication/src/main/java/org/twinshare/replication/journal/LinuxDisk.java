package org.twinshare.replication.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;

/**
 * A directory of Linux. Reads and writes go by system call and not through a FileChannel, which an interrupt of the thread
 * that happens to write for all would close. Locked for this process alone.
 */
final class LinuxDisk implements JournalDisk {
    private static final String LOCK = "journal.lock";
    private static final int OWNER_ONLY = 0600;

    private final Path directory;
    private final FileChannel lock;

    private LinuxDisk(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** Opens a directory that is there, and keeps every other process from it. */
    static LinuxDisk lock(Path directory) throws IOException, JournalRefused {
        FileChannel lock =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isLocked(lock)) {
            lock.close();
            throw new JournalRefused(
                    "the journal in " + directory + " is in use",
                    "another server has opened it",
                    "stop the other one first, or give this one a directory of its own");
        }
        return new LinuxDisk(directory, lock);
    }

    /** One file of a directory, whoever has it open. */
    static OpenFile file(Path directory, String name) throws IOException {
        return open(directory.resolve(name), OpenFlags.O_RDWR);
    }

    private static boolean isLocked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public OpenFile create(String name) throws IOException {
        delete(name);
        return open(directory.resolve(name), OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL);
    }

    @Override
    public OpenFile open(String name) throws IOException {
        return file(directory, name);
    }

    private static OpenFile open(Path path, int flags) throws IOException {
        try {
            return new LinuxFile(path, Posix.openat(Posix.AT_FDCWD, bytes(path), flags, OWNER_ONLY));
        } catch (ErrnoException e) {
            throw failed("opened", path, e);
        }
    }

    private static byte[] bytes(Path path) {
        return path.toString().getBytes(UTF_8);
    }

    private static IOException failed(String done, Path path, ErrnoException e) {
        if (e.errno() == Errno.ENOENT) {
            return new NoSuchFileException(path.toString());
        }
        return new IOException(path + " cannot be " + done + ": " + e.getMessage(), e);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void sync() throws IOException {
        try {
            int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
            int fd = Posix.openat(Posix.AT_FDCWD, bytes(directory.toRealPath()), flags, 0);
            try {
                Data.fsync(fd);
            } finally {
                Posix.close(fd);
            }
        } catch (ErrnoException e) {
            throw failed("synced", directory, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock goes with the process at the latest.
        }
    }

    /** One file, by descriptor. */
    private record LinuxFile(Path path, int fd) implements OpenFile {
        @Override
        public long sizeBytes() throws IOException {
            try {
                return Posix.fstat(fd).sizeBytes();
            } catch (ErrnoException e) {
                throw failed("looked at", path, e);
            }
        }

        @Override
        public int read(ByteBuffer into, long offsetBytes) throws IOException {
            try {
                return Data.pread(fd, into, offsetBytes);
            } catch (ErrnoException e) {
                throw failed("read", path, e);
            }
        }

        @Override
        public void write(ByteBuffer from, long offsetBytes) throws IOException {
            try {
                Data.pwrite(fd, from, offsetBytes);
            } catch (ErrnoException e) {
                throw failed("written", path, e);
            }
        }

        @Override
        public void sync() throws IOException {
            try {
                Data.fdatasync(fd);
            } catch (ErrnoException e) {
                throw failed("synced", path, e);
            }
        }

        @Override
        public void close() {
            Posix.close(fd);
        }
    }
}
