package org.twinshare.replication.channel;

import java.nio.ByteBuffer;
import org.twinshare.replication.Refusal;

/**
 * The sender will not work with the other server, for this reason; nothing follows.
 *
 * <pre>
 *  0      2          ..     ..         ..     ..
 *  +------+----------+------+----------+------+----------+
 *  |length| what     |length| cause    |length| remedy   |
 *  +------+----------+------+----------+------+----------+
 * </pre>
 */
public record Refuse(Refusal refusal) implements Message {
    @Override
    public MessageType type() {
        return MessageType.REFUSE;
    }

    @Override
    public void encode(ByteBuffer to) {
        Text.put(to, refusal.what());
        Text.put(to, refusal.cause());
        Text.put(to, refusal.remedy());
    }

    static Refuse decode(ByteBuffer from) throws MalformedMessage {
        return new Refuse(new Refusal(Text.take(from), Text.take(from), Text.take(from)));
    }
}
