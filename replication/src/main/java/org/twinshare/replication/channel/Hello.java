package org.twinshare.replication.channel;

import java.nio.ByteBuffer;
import org.twinshare.replication.journal.RecordMark;
import org.twinshare.replication.role.Role;
import org.twinshare.replication.role.Terms;

/**
 * The first message of each side.
 *
 * <pre>
 *  0        2                10   11       15       19   20             30               38               46
 *  +--------+----------------+----+--------+--------+----+--------------+----------------+----------------+-----
 *  | version| cluster id     |role| epoch  | newest |1:  | terms        | oldest sequence| last sequence  |
 *  | = 1    |                |    |        | epoch  |al. |              | in its journal | on its disk    |
 *  +--------+----------------+----+--------+--------+----+--------------+----------------+----------------+-----
 *  46                               83       85
 *  +--------------------------------+--------+-----------+
 *  | mark of the last record, all   | length | name      |
 *  | zeros when there is none       |        |           |
 *  +--------------------------------+--------+-----------+
 * </pre>
 *
 * @param alone it answers without a standby
 */
public record Hello(
        long clusterId,
        Role role,
        int epoch,
        int newestEpoch,
        boolean alone,
        Terms terms,
        long oldestSequence,
        long lastSequence,
        RecordMark lastMark,
        String name)
        implements Message {
    private static final int VERSION = 1;

    @Override
    public MessageType type() {
        return MessageType.HELLO;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putShort((short) VERSION).putLong(clusterId).put((byte) role.number());
        to.putInt(epoch).putInt(newestEpoch).put((byte) (alone ? 1 : 0));
        terms.encode(to);
        to.putLong(oldestSequence).putLong(lastSequence);
        Marks.encode(to, lastMark);
        Text.put(to, name);
    }

    static Hello decode(ByteBuffer from) throws MalformedMessage {
        int version = from.getShort();
        if (version != VERSION) {
            throw new MalformedMessage("version " + version + " of the other server, and this one knows " + VERSION);
        }
        return new Hello(
                from.getLong(),
                Role.of(from.get()),
                from.getInt(),
                from.getInt(),
                from.get() != 0,
                Terms.decode(from),
                from.getLong(),
                from.getLong(),
                Marks.decodeOne(from),
                Text.take(from));
    }
}
