package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * What the standby asks of the primary's tree; see package copy.
 *
 * <pre>
 *  0        4
 *  +--------+-------------------+
 *  | crc32c | encoded           |
 *  +--------+-------------------+
 * </pre>
 *
 * @param encoded at most {@link #MAX_BYTES}
 */
public record TreeQuestion(ByteBuffer encoded) implements Message {
    public static final int MAX_BYTES = 128 << 10;

    @Override
    public MessageType type() {
        return MessageType.TREE_QUESTION;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putInt(Records.Checksum.of(encoded));
    }

    @Override
    public ByteBuffer payload() {
        return encoded;
    }

    static TreeQuestion decode(ByteBuffer from) throws MalformedMessage {
        return new TreeQuestion(Records.Checksum.take(from, from.getInt()));
    }
}
