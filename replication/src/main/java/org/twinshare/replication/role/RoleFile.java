package org.twinshare.replication.role;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.replication.RefusedException;

/**
 * The file {@code role} in the state directory. A change is on disk before anybody sees it. Thread-safe.
 *
 * <pre>
 *  0                8        12               20                              74       78
 *  +----------------+--------+----------------+-------------------------------+--------+
 *  | "TWINROLE"     | format | cluster id     | state, see RoleState          | crc32c |
 *  |                | = 1    |                |                               |        |
 *  +----------------+--------+----------------+-------------------------------+--------+
 * </pre>
 *
 * {@code crc32c} is the checksum of everything before it. Beside it lies {@code role.new}, which the next state is written into
 * before the two change places: so a change needs no room on a disk that is full.
 */
public final class RoleFile {
    private static final Logger LOG = LoggerFactory.getLogger(RoleFile.class);
    private static final String NAME = "role";
    private static final String SPARE = "role.new";
    private static final byte[] MAGIC = "TWINROLE".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;
    private static final int CRC_OFFSET = 20 + RoleState.BYTES;
    private static final int BYTES = CRC_OFFSET + Integer.BYTES;

    private final Path directory;
    private final long clusterId;
    private volatile RoleState state;

    private RoleFile(Path directory, long clusterId, RoleState state) {
        this.directory = directory;
        this.clusterId = clusterId;
        this.state = state;
    }

    /** Writes the first state into a directory that has none. */
    public static RoleFile create(Path directory, long clusterId, RoleState first) throws IOException {
        RoleFile file = new RoleFile(directory, clusterId, first);
        file.write(first);
        file.keepSpare();
        return file;
    }

    /** Reads what is there; null when there is none. */
    public static @Nullable RoleFile open(Path directory, long clusterId) throws IOException, RefusedException {
        Path path = directory.resolve(NAME);
        if (!Files.exists(path)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        if (bytes.limit() != BYTES || bytes.getInt(CRC_OFFSET) != crc(bytes) || !beginsWithMagic(bytes)) {
            throw refused("the role file " + path + " cannot be read", "it was damaged, or somebody changed it");
        }
        if (bytes.position(MAGIC.length).getInt() != FORMAT) {
            throw refused("the role file " + path + " is of another format", "another version of Twinshare wrote it");
        }
        if (bytes.getLong() != clusterId) {
            throw refused("the role file " + path + " belongs to another pair of servers", "it was copied here");
        }
        RoleFile file = new RoleFile(directory, clusterId, RoleState.decode(bytes));
        file.keepSpare();
        return file;
    }

    private static boolean beginsWithMagic(ByteBuffer bytes) {
        return bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    private static RefusedException refused(String what, String cause) {
        return new RefusedException(
                what,
                cause,
                "which of the two servers answers cannot be known from it: bring back the state directory as it was,"
                        + " or make this server a new standby of the other one");
    }

    public RoleState state() {
        return state;
    }

    /** Changes the state; the new one is on disk when this returns. */
    public synchronized RoleState update(UnaryOperator<RoleState> change) throws IOException {
        RoleState next = change.apply(state);
        if (!next.equals(state)) {
            write(next);
            state = next;
        }
        return next;
    }

    private void write(RoleState next) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.put(MAGIC).putInt(FORMAT).putLong(clusterId);
        next.encode(bytes);
        bytes.putInt(crc(bytes)).flip();
        writeSpare(bytes);
        putInPlace();
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** Over what is there, whose blocks it takes. */
    private void writeSpare(ByteBuffer bytes) throws IOException {
        try (FileChannel file =
                FileChannel.open(directory.resolve(SPARE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.truncate(BYTES);
            file.force(true);
        }
    }

    /** The other way round than a rename, which would free the blocks that the next change needs. */
    private void putInPlace() throws IOException {
        Path spare = directory.resolve(SPARE);
        Path inPlace = directory.resolve(NAME);
        try {
            Posix.renameat2(Posix.AT_FDCWD, bytes(spare), Posix.AT_FDCWD, bytes(inPlace), Posix.RENAME_EXCHANGE);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EINVAL) {
                throw new IOException(inPlace + " cannot be put in place: " + e.getMessage(), e);
            }
            // There is none yet, or the file system cannot exchange names.
            Files.move(spare, inPlace, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static byte[] bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void keepSpare() {
        Path spare = directory.resolve(SPARE);
        try {
            if (!Files.exists(spare) || Files.size(spare) != BYTES) {
                writeSpare(ByteBuffer.allocate(BYTES));
            }
        } catch (IOException e) {
            LOG.warn(
                    "there is no room for the next change of {}: {}; make room",
                    directory.resolve(NAME),
                    e.getMessage());
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }
}
