package org.twinshare.fileserver.nfs3;

import com.google.common.hash.HashFunction;
import java.nio.ByteBuffer;

/** Seals file handles and checks their seals. Thread-safe. */
public final class FileHandles {
    private static final int SEALED_BYTES = 24;

    private final HashFunction mac;

    /** @param mac keyed with the secret of the cluster */
    public FileHandles(HashFunction mac) {
        this.mac = mac;
    }

    /** The bytes of a handle as clients get them. */
    public byte[] encode(FileHandle handle) {
        byte[] bytes = new byte[FileHandle.BYTES];
        ByteBuffer.wrap(bytes)
                .put(FileHandle.VERSION)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(handle.exportNumber())
                .putLong(handle.fileId())
                .putLong(handle.generation())
                .putLong(seal(bytes));
        return bytes;
    }

    /** Seals what is before it, which the evaluation order of {@link #encode} has filled by then. */
    private long seal(byte[] bytes) {
        return mac.hashBytes(bytes, 0, SEALED_BYTES).asLong();
    }

    /**
     * The handle in these bytes, from a client.
     *
     * @throws NfsException BADHANDLE when we did not make it
     */
    FileHandle decode(byte[] bytes) throws NfsException {
        boolean ours = bytes.length == FileHandle.BYTES
                && bytes[0] == FileHandle.VERSION
                && ByteBuffer.wrap(bytes).getLong(SEALED_BYTES) == seal(bytes);
        if (!ours) {
            throw new NfsException(Status.BADHANDLE);
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes);
        return new FileHandle(fields.getInt(4), fields.getLong(8), fields.getLong(16));
    }
}
