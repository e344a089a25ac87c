package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One record as it lies in a segment. All numbers are big-endian; a frame begins and ends at a multiple of 8.
 *
 * <pre>
 *  0        4        8                16               24               32       36   37             40               48
 *  +--------+--------+----------------+----------------+----------------+--------+----+-------------+----------------+
 *  | length | crc32c | sequence       | durable        | time ns        | epoch  |type| 0           | namespace      |
 *  |        |        |                | sequence       |                |        |    |             | checksum       |
 *  +--------+--------+----------------+----------------+----------------+--------+----+-------------+----------------+
 *  48                                                                           48 + body
 *  | body ...                                                                   | zeros up to a multiple of 8
 *  +----------------------------------------------------------------------------+---------------------------
 * </pre>
 *
 * {@code length} is that of header and body, without the zeros at the end. {@code crc32c} is the CRC-32C (RFC 3720 appendix
 * B.4) of the segment's nonce, the crc32c of the frame before, and everything from 8 to {@code length}: a frame is valid only
 * in its place in its segment. {@code durable sequence} is the last one that was on disk when this frame was appended: what
 * is damaged up to there was lost, and what is damaged behind it may never have been written.
 */
final class Frame {
    static final int HEADER_BYTES = 48;
    static final int ALIGNMENT = 8;
    /** A WRITE of 1 MiB by value, with room to spare; a larger length is no length. */
    static final int MAX_BYTES = 8 << 20;

    private static final int CRC_OFFSET = 4;
    private static final int CHECKED_OFFSET = 8;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int DURABLE_OFFSET = 16;

    private Frame() {}

    /** Bytes that a frame with such a body takes. */
    static int bytes(int bodyBytes) {
        return HEADER_BYTES + bodyBytes + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /**
     * Writes a frame at the buffer's position, which moves behind it.
     *
     * @param previousCrc of the frame before in this segment, the nonce's low half for the first
     * @return the crc of this frame
     */
    static int encode(ByteBuffer to, Record record, long durableSequence, long nonce, int previousCrc) {
        int begin = to.position();
        int length = HEADER_BYTES + record.body().remaining();
        to.putInt(length).putInt(0);
        to.putLong(record.sequence()).putLong(durableSequence).putLong(record.timeNs());
        to.putInt(record.epoch()).putInt(record.type() << 24).putLong(record.namespaceChecksum());
        to.put(record.body().duplicate());
        while ((to.position() & ALIGNMENT - 1) != 0) {
            to.put((byte) 0);
        }
        int crc = crc(to, begin, length, nonce, previousCrc);
        to.putInt(begin + CRC_OFFSET, crc);
        return crc;
    }

    private static int crc(ByteBuffer from, int begin, int length, long nonce, int previousCrc) {
        CRC32C crc = new CRC32C();
        ByteBuffer seed = ByteBuffer.allocate(12).putLong(nonce).putInt(previousCrc).flip();
        crc.update(seed);
        crc.update(from.slice(begin + CHECKED_OFFSET, length - CHECKED_OFFSET));
        return (int) crc.getValue();
    }

    /** Whether a frame with a right checksum begins here. */
    static boolean isValid(ByteBuffer from, int begin, long nonce, int previousCrc) {
        int length = length(from, begin);
        return length > 0
                && length <= from.limit() - begin
                && from.getInt(begin + CRC_OFFSET) == crc(from, begin, length, nonce, previousCrc);
    }

    /** The length that the frame here says it has; 0 where no frame can begin. */
    static int length(ByteBuffer from, int begin) {
        if (from.limit() - begin < HEADER_BYTES) {
            return 0;
        }
        int length = from.getInt(begin);
        return length >= HEADER_BYTES && length <= MAX_BYTES ? length : 0;
    }

    static int crcOf(ByteBuffer from, int begin) {
        return from.getInt(begin + CRC_OFFSET);
    }

    static long sequenceOf(ByteBuffer from, int begin) {
        return from.getLong(begin + SEQUENCE_OFFSET);
    }

    static long durableSequenceOf(ByteBuffer from, int begin) {
        return from.getLong(begin + DURABLE_OFFSET);
    }

    /** Decodes a valid frame; its body is a window on the buffer. */
    static Record decode(ByteBuffer from, int begin) {
        int length = from.getInt(begin);
        return new Record(
                from.getLong(begin + SEQUENCE_OFFSET),
                from.getInt(begin + 32),
                from.get(begin + 36),
                from.getLong(begin + 24),
                from.getLong(begin + 40),
                from.slice(begin + HEADER_BYTES, length - HEADER_BYTES));
    }
}
