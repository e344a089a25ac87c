package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first 4,096 bytes of a segment.
 *
 * <pre>
 *  0                8        12       16               24               32               40               48       52
 *  +----------------+--------+--------+----------------+----------------+----------------+----------------+--------+ - -
 *  | "TWJOURNL"     | format | size   | segment number | nonce          | first sequence | cluster id     | crc32c |  0
 *  |                |        | MiB    |                |                |                |                |        |
 *  +----------------+--------+--------+----------------+----------------+----------------+----------------+--------+ - -
 * </pre>
 *
 * @param number        counts the segments that were ever begun; a file that is used again gets a new one
 * @param nonce         random: what an earlier use of the file left behind is not valid under it
 * @param firstSequence of the first frame
 */
record SegmentHeader(long number, int sizeMegabytes, long nonce, long firstSequence, long clusterId) {
    static final int BYTES = 4096;
    static final int FORMAT = 1;

    private static final byte[] MAGIC = "TWJOURNL".getBytes(StandardCharsets.US_ASCII);
    private static final int CRC_OFFSET = 48;

    /** The crc that the chain of frames begins with. */
    int firstCrc() {
        return (int) nonce;
    }

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.put(MAGIC).putInt(FORMAT).putInt(sizeMegabytes);
        bytes.putLong(number).putLong(nonce).putLong(firstSequence).putLong(clusterId);
        bytes.putInt(crc(bytes));
        return bytes.clear();
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }

    /** Null where no segment was ever begun, or where beginning one was not finished. */
    static @Nullable SegmentHeader decode(ByteBuffer bytes) {
        byte[] magic = new byte[MAGIC.length];
        bytes.get(0, magic);
        boolean valid = Arrays.equals(magic, MAGIC) && bytes.getInt(CRC_OFFSET) == crc(bytes);
        if (!valid) {
            return null;
        }
        return new SegmentHeader(
                bytes.getLong(16), bytes.getInt(12), bytes.getLong(24), bytes.getLong(32), bytes.getLong(40));
    }

    static int formatOf(ByteBuffer bytes) {
        return bytes.getInt(8);
    }
}
