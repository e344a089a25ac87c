package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * A new standby asks to be one of the pair. Its certificate is that of the connection.
 *
 * <pre>
 *  0                16     18
 *  +----------------+------+----------+
 *  | token          |length| name     |
 *  +----------------+------+----------+
 * </pre>
 */
public record Join(long tokenHigh, long tokenLow, String name) implements Message {
    @Override
    public MessageType type() {
        return MessageType.JOIN;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putLong(tokenHigh).putLong(tokenLow);
        Text.put(to, name);
    }

    static Join decode(ByteBuffer from) throws MalformedMessage {
        return new Join(from.getLong(), from.getLong(), Text.take(from));
    }

    /** A token is not written to a log by accident. */
    @Override
    public String toString() {
        return "Join[" + name + "]";
    }
}
