package org.twinshare.replication.channel;

import java.nio.ByteBuffer;

/**
 * The primary's answer to a standby's {@link Hello}: how its journal goes on.
 *
 * <pre>
 *  0    1                9
 *  +----+----------------+
 *  |how | sequence       |
 *  +----+----------------+
 * </pre>
 *
 * @param sequence of the first record that will come, or of the oldest one in the primary's journal
 */
public record Welcome(How how, long sequence) implements Message {
    /** How the standby's journal goes on. */
    public enum How {
        /** With the records from a sequence on. */
        STREAM,
        /** Not yet: its end is not the primary's. It asks for marks and cuts it off. */
        FORKED,
        /** Not by records: the primary has given up those that would follow. */
        TOO_FAR_BEHIND
    }

    @Override
    public MessageType type() {
        return MessageType.WELCOME;
    }

    @Override
    public void encode(ByteBuffer to) {
        int number = switch (how) {
            case STREAM -> 1;
            case FORKED -> 2;
            case TOO_FAR_BEHIND -> 3;
        };
        to.put((byte) number).putLong(sequence);
    }

    static Welcome decode(ByteBuffer from) throws MalformedMessage {
        int number = from.get();
        How how = switch (number) {
            case 1 -> How.STREAM;
            case 2 -> How.FORKED;
            case 3 -> How.TOO_FAR_BEHIND;
            default -> throw new MalformedMessage("a welcome of " + number);
        };
        return new Welcome(how, from.getLong());
    }
}
