package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * Bytes of a file that a record refers to; they come before it, those of a large record in several parts.
 *
 * <pre>
 *  0                8                16               24       28
 *  +----------------+----------------+----------------+--------+-------------------+
 *  | sequence       | object         | offset in bytes| crc32c | bytes             |
 *  +----------------+----------------+----------------+--------+-------------------+
 * </pre>
 *
 * @param sequence of the record that refers to them
 * @param bytes    as they are in the primary's file now, which may be later ones; at most {@link #MAX_BYTES}
 */
public record Data(long sequence, long object, long offsetBytes, ByteBuffer bytes) implements Message {
    public static final int MAX_BYTES = 1 << 20;

    @Override
    public MessageType type() {
        return MessageType.DATA;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putLong(sequence).putLong(object).putLong(offsetBytes).putInt(Records.Checksum.of(bytes));
    }

    @Override
    public ByteBuffer payload() {
        return bytes;
    }

    static Data decode(ByteBuffer from) throws MalformedMessage {
        return new Data(from.getLong(), from.getLong(), from.getLong(), Records.Checksum.take(from, from.getInt()));
    }
}
