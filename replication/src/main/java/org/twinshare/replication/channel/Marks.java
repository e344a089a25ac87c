package org.twinshare.replication.channel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.replication.journal.RecordMark;

/**
 * The marks that {@link AskMarks} asked for.
 *
 * <pre>
 *  0    1                9        13   14               22               30       34
 *  +----+----------------+--------+----+----------------+----------------+--------+- - -
 *  |n   | sequence       | epoch  |type| time ns        | namespace      | crc32c |  n times
 *  |    |                |        |    |                | checksum       | of body|
 *  +----+----------------+--------+----+----------------+----------------+--------+- - -
 * </pre>
 */
public record Marks(List<RecordMark> marks) implements Message {
    public Marks {
        marks = List.copyOf(marks);
        if (marks.size() > AskMarks.MAX) {
            throw new IllegalArgumentException(marks.size() + " marks");
        }
    }

    @Override
    public MessageType type() {
        return MessageType.MARKS;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.put((byte) marks.size());
        marks.forEach(mark -> encode(to, mark));
    }

    static void encode(ByteBuffer to, RecordMark mark) {
        to.putLong(mark.sequence()).putInt(mark.epoch()).put(mark.type());
        to.putLong(mark.timeNs()).putLong(mark.namespaceChecksum()).putInt(mark.bodyCrc32c());
    }

    static RecordMark decodeOne(ByteBuffer from) {
        return new RecordMark(from.getLong(), from.getInt(), from.get(), from.getLong(), from.getLong(), from.getInt());
    }

    static Marks decode(ByteBuffer from) {
        int count = from.get();
        List<RecordMark> marks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            marks.add(decodeOne(from));
        }
        return new Marks(marks);
    }
}
