package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * What the primary answers to a {@link TreeQuestion}, in the order of the questions; see package copy.
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
public record TreeAnswer(ByteBuffer encoded) implements Message {
    public static final int MAX_BYTES = 2 << 20;

    @Override
    public MessageType type() {
        return MessageType.TREE_ANSWER;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putInt(Records.Checksum.of(encoded));
    }

    @Override
    public ByteBuffer payload() {
        return encoded;
    }

    static TreeAnswer decode(ByteBuffer from) throws MalformedMessage {
        return new TreeAnswer(Records.Checksum.take(from, from.getInt()));
    }
}
