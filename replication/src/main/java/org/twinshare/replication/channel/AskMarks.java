package org.twinshare.replication.channel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks for the marks of some records, in rising order, to find where two journals part.
 *
 * <pre>
 *  0    1
 *  +----+----------------+- - -
 *  |n   | sequence       |  n times
 *  +----+----------------+- - -
 * </pre>
 */
public record AskMarks(List<Long> sequences) implements Message {
    /** Of one question. */
    public static final int MAX = 64;

    public AskMarks {
        sequences = List.copyOf(sequences);
        if (sequences.isEmpty() || sequences.size() > MAX) {
            throw new IllegalArgumentException(sequences.size() + " sequences");
        }
    }

    @Override
    public MessageType type() {
        return MessageType.ASK_MARKS;
    }

    @Override
    public void encode(ByteBuffer to) {
        to.put((byte) sequences.size());
        sequences.forEach(to::putLong);
    }

    static AskMarks decode(ByteBuffer from) {
        int count = from.get();
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(from.getLong());
        }
        return new AskMarks(sequences);
    }
}
