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
 * {@code crc32c} is the checksum of everything before it.
 */
public final class RoleFile {
    private static final String NAME = "role";
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
        return new RoleFile(directory, clusterId, RoleState.decode(bytes));
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
        Path unfinished = directory.resolve(NAME + ".new");
        try (FileChannel file = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(unfinished, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }
}
