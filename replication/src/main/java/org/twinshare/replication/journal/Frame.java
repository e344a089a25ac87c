package org.twinshare.replication.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One record as it lies in a segment. All numbers are big-endian; a frame begins and ends at a multiple of 8.
 *
 * <pre>
 *  0        4        8                16       20       24               32       36   37             40               48
 *  +--------+--------+----------------+--------+--------+----------------+--------+----+-------------+----------------+
 *  | length | crc32c | sequence       | ahead  | crc32c | time ns        | epoch  |type| header check| namespace      |
 *  |        |        |                |        | before |                |        |    |             | checksum       |
 *  +--------+--------+----------------+--------+--------+----------------+--------+----+-------------+----------------+
 *  48                                                                           length
 *  | body ...                                                                   | zeros up to a multiple of 8
 *  +----------------------------------------------------------------------------+---------------------------
 * </pre>
 *
 * {@code length} is that of header and body. {@code crc32c} is the checksum of the {@link Nonce} and everything from 8 to
 * {@code length}; {@code crc32c before} is that of the frame before, so that the frames of a segment are a chain, and each can
 * be recognized without the one before. {@code ahead} is how far the sequence is ahead of the last one that was durable when
 * the frame was written: everything up to sequence - ahead had been acknowledged, see docs/adr/0010. {@code header check} is
 * the low 24 bits of the checksum of nonce, length, 8 to 37 and 40 to 48: a length is believed only with it.
 */
final class Frame {
    static final int HEADER_BYTES = 48;
    static final int ALIGNMENT = 8;
    /** A directory's batch of 4,096 adopted names, or a WRITE of 1 MiB by value; a larger length is no length. */
    static final int MAX_BODY_BYTES = 2 << 20;

    static final int MAX_BYTES = HEADER_BYTES + MAX_BODY_BYTES;

    private static final int CRC_OFFSET = 4;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int AHEAD_OFFSET = 16;
    private static final int PREVIOUS_CRC_OFFSET = 20;
    private static final int TIME_OFFSET = 24;
    private static final int EPOCH_OFFSET = 32;
    private static final int TYPE_OFFSET = 36;
    private static final int CHECK_OFFSET = 37;
    private static final int NAMESPACE_OFFSET = 40;
    private static final int CHECK_BITS = 24;
    private static final int CHECK_MASK = (1 << CHECK_BITS) - 1;

    private Frame() {}

    /** Bytes that a frame with such a body takes. */
    static int bytes(int bodyBytes) {
        return align(HEADER_BYTES + bodyBytes);
    }

    static int align(int bytes) {
        return bytes + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** Writes a frame at the buffer's position, which moves behind it; {@link #seal} makes it valid. */
    static void put(ByteBuffer to, JournalRecord record) {
        to.putInt(HEADER_BYTES + record.body().remaining()).putInt(0);
        to.putLong(record.sequence()).putLong(0).putLong(record.timeNs());
        to.putInt(record.epoch()).putInt(record.type() << CHECK_BITS).putLong(record.namespaceChecksum());
        to.put(record.body().duplicate());
        while ((to.position() & ALIGNMENT - 1) != 0) {
            to.put((byte) 0);
        }
    }

    /**
     * Gives a frame its place: what was durable before it, and which frame it follows.
     *
     * @return the crc of this frame
     */
    static int seal(ByteBuffer in, int begin, long durableSequence, int previousCrc, Nonce nonce) {
        in.putInt(begin + AHEAD_OFFSET, (int) (sequence(in, begin) - durableSequence));
        in.putInt(begin + PREVIOUS_CRC_OFFSET, previousCrc);
        int type = in.get(begin + TYPE_OFFSET);
        in.putInt(begin + TYPE_OFFSET, type << CHECK_BITS | headerCheck(in, begin, nonce));
        int crc = crc(in, begin, in.getInt(begin), nonce);
        in.putInt(begin + CRC_OFFSET, crc);
        return crc;
    }

    private static int headerCheck(ByteBuffer in, int begin, Nonce nonce) {
        CRC32C crc = nonce.begin();
        crc.update(in.slice(begin, CRC_OFFSET));
        crc.update(in.slice(begin + SEQUENCE_OFFSET, CHECK_OFFSET - SEQUENCE_OFFSET));
        crc.update(in.slice(begin + NAMESPACE_OFFSET, HEADER_BYTES - NAMESPACE_OFFSET));
        return (int) crc.getValue() & CHECK_MASK;
    }

    private static int crc(ByteBuffer in, int begin, int length, Nonce nonce) {
        return nonce.crc(in, begin + SEQUENCE_OFFSET, length - SEQUENCE_OFFSET);
    }

    /** Length in bytes of the frame whose header begins here; 0 where none does. */
    static int length(ByteBuffer in, int begin, Nonce nonce) {
        int length = in.getInt(begin);
        boolean possible = length >= HEADER_BYTES && length <= MAX_BYTES && sequence(in, begin) > 0;
        boolean sound = possible && (in.getInt(begin + TYPE_OFFSET) & CHECK_MASK) == headerCheck(in, begin, nonce);
        return sound ? length : 0;
    }

    /** Whether the frame with this length, all of it in memory, is as it was written. */
    static boolean isSound(ByteBuffer in, int begin, int length, Nonce nonce) {
        return in.getInt(begin + CRC_OFFSET) == crc(in, begin, length, nonce);
    }

    static int crc(ByteBuffer in, int begin) {
        return in.getInt(begin + CRC_OFFSET);
    }

    static long sequence(ByteBuffer in, int begin) {
        return in.getLong(begin + SEQUENCE_OFFSET);
    }

    /** Up to which sequence everything was durable when this frame was written. */
    static long durableSequence(ByteBuffer in, int begin) {
        return sequence(in, begin) - Integer.toUnsignedLong(in.getInt(begin + AHEAD_OFFSET));
    }

    static int previousCrc(ByteBuffer in, int begin) {
        return in.getInt(begin + PREVIOUS_CRC_OFFSET);
    }

    /** Decodes a sound frame; its body is a window on the buffer. */
    static JournalRecord decode(ByteBuffer in, int begin, int length) {
        return new JournalRecord(
                sequence(in, begin),
                in.getInt(begin + EPOCH_OFFSET),
                in.get(begin + TYPE_OFFSET),
                in.getLong(begin + TIME_OFFSET),
                in.getLong(begin + NAMESPACE_OFFSET),
                in.slice(begin + HEADER_BYTES, length - HEADER_BYTES).asReadOnlyBuffer());
    }
}
