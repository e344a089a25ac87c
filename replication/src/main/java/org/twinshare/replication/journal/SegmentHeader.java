package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The first 4,096 bytes of a segment; big-endian, zeros up to the first frame.
 *
 * <pre>
 *  0                8        12       16               24               32               40               48       52
 *  +----------------+--------+--------+----------------+----------------+----------------+----------------+--------+ - -
 *  | "TWJOURNL"     | format | size in| segment number | nonce          | first sequence | cluster id     | crc32c |  0
 *  |                |        | bytes  |                |                |                |                |        |
 *  +----------------+--------+--------+----------------+----------------+----------------+----------------+--------+ - -
 * </pre>
 *
 * {@code crc32c} is the checksum of 0 to 48. The header is durable before the file gets the name of its number.
 *
 * @param number        counts the segments from 1 on; a file that is used again gets a new one
 * @param firstSequence of the first frame; 0 in a segment made ahead of need, where the first frame itself says it
 */
record SegmentHeader(long number, int sizeBytes, Nonce nonce, long firstSequence, long clusterId) {
    static final int BYTES = 4096;
    static final int FORMAT = 1;

    private static final byte[] MAGIC = "TWJOURNL".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT_OFFSET = 8;
    private static final int CRC_OFFSET = 48;

    /** Puts it into the first bytes of a buffer. */
    void encode(ByteBuffer to) {
        to.clear();
        to.put(MAGIC).putInt(FORMAT).putInt(sizeBytes);
        to.putLong(number).putLong(nonce.value()).putLong(firstSequence).putLong(clusterId);
        to.putInt(crc(to));
        while (to.position() < BYTES) {
            to.putInt(0);
        }
        to.flip();
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }

    /** Reads the header of a segment that has its name. */
    static SegmentHeader decode(ByteBuffer from, String file) throws JournalRefused {
        byte[] magic = new byte[MAGIC.length];
        from.get(0, magic);
        int format = from.getInt(FORMAT_OFFSET);
        if (Arrays.equals(magic, MAGIC) && format != FORMAT) {
            throw new JournalRefused(
                    "the journal's " + file + " is of format " + format + ", and this version knows format " + FORMAT,
                    "another version of Twinshare wrote it",
                    "start that version and stop it in order, and then this one");
        }
        if (!Arrays.equals(magic, MAGIC) || from.getInt(CRC_OFFSET) != crc(from)) {
            throw new JournalDamaged(
                    "the header of the journal's " + file + " cannot be read",
                    "the disk returned other bytes than were written, or somebody changed the file");
        }
        return new SegmentHeader(
                from.getLong(16), from.getInt(12), new Nonce(from.getLong(24)), from.getLong(32), from.getLong(40));
    }
}
