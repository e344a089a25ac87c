package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * The sender closes the connection, and goes on living. A connection that ends without it was closed by a kernel whose
 * process is gone.
 *
 * <pre>
 *  0      2
 *  +------+----------+
 *  |length| why      |
 *  +------+----------+
 * </pre>
 */
public record Bye(String why) implements Message {
    @Override
    public MessageType type() {
        return MessageType.BYE;
    }

    @Override
    public void encode(ByteBuffer to) {
        Text.put(to, why);
    }

    static Bye decode(ByteBuffer from) throws MalformedMessage {
        return new Bye(Text.take(from));
    }
}
