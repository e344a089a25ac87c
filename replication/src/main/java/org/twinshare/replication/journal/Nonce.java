package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The random number of one use of a segment. Every checksum in the segment begins with it, so that what an earlier use of
 * the file left behind, and what a client wrote to look like a frame, is not valid.
 */
record Nonce(long value) {
    /** The checksum that the first frame of a segment names as its predecessor's. */
    int firstCrc() {
        return (int) value;
    }

    /** A checksum (CRC-32C, RFC 3720 appendix B.4) that has seen this number, from the high byte to the low. */
    CRC32C begin() {
        CRC32C crc = new CRC32C();
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            crc.update((int) (value >>> shift) & 0xff);
        }
        return crc;
    }

    int crc(ByteBuffer from, int begin, int bytes) {
        CRC32C crc = begin();
        crc.update(from.slice(begin, bytes));
        return (int) crc.getValue();
    }
}
