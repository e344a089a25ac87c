package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * The primary answers nothing any more: this is its last record.
 *
 * <pre>
 *  0                8    9
 *  +----------------+----+
 *  | last sequence  |1   |
 *  +----------------+----+
 * </pre>
 *
 * @param handOver 1: the standby shall answer from now on, in the next epoch
 */
public record SignOff(long lastSequence, boolean handOver) implements Message {
    @Override
    public MessageType type() {
        return MessageType.SIGN_OFF;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putLong(lastSequence).put((byte) (handOver ? 1 : 0));
    }

    static SignOff decode(ByteBuffer from) {
        return new SignOff(from.getLong(), from.get() != 0);
    }
}
