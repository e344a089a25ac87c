package org.twinshare.client.probe;

/**
 * What a server names a file system object with (RFC 1813, 2.3.3): up to 64 bytes that only the server understands.
 *
 * @param bytes as the server gave them
 */
public record FileHandle(Bytes bytes) {
    /** NFS3_FHSIZE (RFC 1813, 2.4). */
    public static final int MAXIMUM_BYTES = 64;

    static FileHandle decode(XdrReader in) throws MalformedReplyException {
        return new FileHandle(in.getOpaque(MAXIMUM_BYTES));
    }

    void encode(XdrWriter out) {
        out.putOpaque(bytes);
    }

    @Override
    public String toString() {
        return bytes.toHex();
    }
}
