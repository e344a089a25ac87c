package org.twinshare.exports.table;

import com.google.common.hash.Hashing;
import com.google.common.primitives.Ints;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.options.Fsid;

/**
 * The number by which file handles name an export: the same on every server and after every restart, because it comes
 * from what both servers read. {@code fsid=} with a number is that number; otherwise it is the first four bytes, in
 * network order, of the SHA-256 of the 16 bytes of {@code fsid=UUID}, or of the public path without a final slash.
 */
final class ExportNumber {

    private ExportNumber() {}

    static int of(BytePath path) {
        return hash(path.bytes());
    }

    static int of(Fsid fsid) {
        return switch (fsid) {
            case Fsid.SmallNumber number -> number.value();
            case Fsid.Uuid uuid -> hash(uuid.bytes());
        };
    }

    private static int hash(byte[] bytes) {
        return Ints.fromByteArray(Hashing.sha256().hashBytes(bytes).asBytes());
    }
}
