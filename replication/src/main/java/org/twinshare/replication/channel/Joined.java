package org.twinshare.replication.channel;

import java.nio.ByteBuffer;
import org.twinshare.filestore.identity.ClusterKey;

/**
 * The new standby is one of the pair. The key of the cluster goes with it, over the connection that only the two can read.
 *
 * <pre>
 *  0                40       44     46
 *  +----------------+--------+------+----------+
 *  | cluster key    | epoch  |length| name     |
 *  +----------------+--------+------+----------+
 * </pre>
 *
 * @param key  see {@link ClusterKey}
 * @param name of the server that answers
 */
public record Joined(ClusterKey key, int epoch, String name) implements Message {
    @Override
    public MessageType type() {
        return MessageType.JOINED;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.put(key.secret()).putInt(epoch);
        Text.put(to, name);
    }

    static Joined decode(ByteBuffer from) throws MalformedMessage {
        byte[] secret = new byte[ClusterKey.BYTES];
        from.get(secret);
        return new Joined(ClusterKey.of(secret), from.getInt(), Text.take(from));
    }

    /** A key is not written to a log by accident. */
    @Override
    public String toString() {
        return "Joined[" + name + ", epoch " + epoch + "]";
    }
}
