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
 *  | version| cluster id     |role| epoch  | newest |1, 2| terms        | oldest sequence| last sequence  |
 *  | = 1    |                |    |        | epoch  |    |              | in its journal | on its disk    |
 *  +--------+----------------+----+--------+--------+----+--------------+----------------+----------------+-----
 *  46                               83       85
 *  +--------------------------------+--------+-----------+
 *  | mark of the last record, all   | length | name      |
 *  | zeros when there is none       |        |           |
 *  +--------------------------------+--------+-----------+
 * </pre>
 *
 * @param alone         bit 1: it answers without a standby
 * @param catchesUpFirst bit 2: a standby that fetches the bytes of older records when it has caught up, and has no use for those
 *     that come with them
 */
public record Hello(
        long clusterId,
        Role role,
        int epoch,
        int newestEpoch,
        boolean alone,
        boolean catchesUpFirst,
        Terms terms,
        long oldestSequence,
        long lastSequence,
        RecordMark lastMark,
        String name)
        implements Message {
    private static final int VERSION = 1;
    private static final int ALONE = 1;
    private static final int CATCHES_UP_FIRST = 2;

    @Override
    public MessageType type() {
        return MessageType.HELLO;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.putShort((short) VERSION).putLong(clusterId).put((byte) role.number());
        to.putInt(epoch).putInt(newestEpoch);
        to.put((byte) ((alone ? ALONE : 0) | (catchesUpFirst ? CATCHES_UP_FIRST : 0)));
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
        long clusterId = from.getLong();
        Role role = Role.of(from.get());
        int epoch = from.getInt();
        int newestEpoch = from.getInt();
        byte flags = from.get();
        return new Hello(
                clusterId,
                role,
                epoch,
                newestEpoch,
                (flags & ALONE) != 0,
                (flags & CATCHES_UP_FIRST) != 0,
                Terms.decode(from),
                from.getLong(),
                from.getLong(),
                Marks.decodeOne(from),
                Text.take(from));
    }
}
