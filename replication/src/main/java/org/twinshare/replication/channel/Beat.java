package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * The heartbeat, and how far the sender is. Sent at least twice a second, and as soon as something moved.
 *
 * <pre>
 *  0                8                16               24               32               40   41
 *  +----------------+----------------+----------------+----------------+----------------+----+
 *  | sent ns        | echo ns        | received       | durable        | applied        |1:  |
 *  |                |                |                |                |                |com.|
 *  +----------------+----------------+----------------+----------------+----------------+----+
 * </pre>
 *
 * @param sentNs   by the sender's clock, which no one else compares with another
 * @param echoNs   the last such number that the sender received; 0 when none
 * @param progress how far the sender is
 */
public record Beat(long sentNs, long echoNs, Progress progress) implements Message {
    @Override
    public MessageType type() {
        return MessageType.BEAT;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putLong(sentNs).putLong(echoNs);
        to.putLong(progress.received()).putLong(progress.durable()).putLong(progress.applied());
        to.put((byte) (progress.complete() ? 1 : 0));
    }

    static Beat decode(ByteBuffer from) {
        long sentNs = from.getLong();
        long echoNs = from.getLong();
        return new Beat(sentNs, echoNs, new Progress(from.getLong(), from.getLong(), from.getLong(), from.get() != 0));
    }
}
