package org.twinshare.filestore.identity;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * The secret that both servers of a pair share: who knows it can make file handles, and the cookies of directories come
 * from it. Made once and kept in the state directory, readable by the server alone. Immutable.
 *
 * <pre>
 *  0                16               32               40
 *  +----------------+----------------+----------------+
 *  | handle key     | cookie key     | cluster id     |
 *  +----------------+----------------+----------------+
 * </pre>
 */
public final class ClusterKey {
    public static final int BYTES = 40;

    private static final String FILE = "cluster.key";

    private final byte[] secret;
    private final HashFunction handleMac;
    private final HashFunction cookieHash;
    private final long clusterId;

    private ClusterKey(byte[] secret) {
        this.secret = secret.clone();
        ByteBuffer bytes = ByteBuffer.wrap(secret);
        handleMac = Hashing.sipHash24(bytes.getLong(), bytes.getLong());
        cookieHash = Hashing.sipHash24(bytes.getLong(), bytes.getLong());
        clusterId = bytes.getLong();
    }

    /** Reads the key from a state directory, or makes one there, durably. */
    public static ClusterKey in(Path stateDirectory) throws IOException {
        Path file = stateDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            make(file);
        }
        byte[] secret = Files.readAllBytes(file);
        if (secret.length != BYTES) {
            throw new IOException(file + " has " + secret.length + " bytes and should have " + BYTES);
        }
        return new ClusterKey(secret);
    }

    /** The key with these bytes, which the other server of the pair gave away. */
    public static ClusterKey of(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException(secret.length + " bytes of a key");
        }
        return new ClusterKey(secret);
    }

    /** Makes this the key of a state directory that has none, durably. */
    public void writeTo(Path stateDirectory) throws IOException {
        write(stateDirectory.resolve(FILE), secret);
    }

    /** What the other server of the pair must know. */
    public byte[] secret() {
        return secret.clone();
    }

    /** Whether a state directory has a key. */
    public static boolean isIn(Path stateDirectory) {
        return Files.exists(stateDirectory.resolve(FILE));
    }

    private static void make(Path file) throws IOException {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        write(file, secret);
    }

    private static void write(Path file, byte[] secret) throws IOException {
        Path unfinished = file.resolveSibling(FILE + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(secret));
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory =
                FileChannel.open(file.toAbsolutePath().resolveSibling(".").normalize())) {
            directory.force(true);
        }
    }

    /** SipHash-2-4 under the key of file handles (Aumasson, Bernstein 2012). */
    public HashFunction handleMac() {
        return handleMac;
    }

    /** SipHash-2-4 under the key of directory cookies. */
    public HashFunction cookieHash() {
        return cookieHash;
    }

    /** Tells the objects of one pair of servers from those of another. */
    public long clusterId() {
        return clusterId;
    }
}
