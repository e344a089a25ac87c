package org.twinshare.replication.channel;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What the two servers say to each other. Big-endian.
 *
 * <pre>
 *  0        4    5                     4 + length
 *  +--------+----+---------------------+
 *  | length |type| fields              |
 *  +--------+----+---------------------+
 * </pre>
 *
 * {@code length} counts the type and the fields. Each record draws its fields; payload is what comes last and is long.
 */
public sealed interface Message
        permits Hello,
                Welcome,
                Refuse,
                Records,
                Data,
                Beat,
                AskMarks,
                Marks,
                SignOff,
                Bye,
                Join,
                Joined,
                TreeQuestion,
                TreeAnswer {
    /** Of any message without its payload. */
    int MAX_FIXED_BYTES = 8192;

    /** The type on the wire. */
    MessageType type();

    /** Puts the fields, at most {@link #MAX_FIXED_BYTES}. */
    void encode(ByteBuffer to);

    /** What follows the fields, from its position to its limit; not moved. */
    default ByteBuffer payload() {
        return ByteBuffer.allocate(0);
    }

    /** Decodes the fields of a message, all of which are in the buffer; a payload is a window on it. */
    static Message decode(MessageType type, ByteBuffer from) throws MalformedMessage {
        try {
            Message message = switch (type) {
                case HELLO -> Hello.decode(from);
                case WELCOME -> Welcome.decode(from);
                case REFUSE -> Refuse.decode(from);
                case RECORDS -> Records.decode(from);
                case DATA -> Data.decode(from);
                case BEAT -> Beat.decode(from);
                case ASK_MARKS -> AskMarks.decode(from);
                case MARKS -> Marks.decode(from);
                case SIGN_OFF -> SignOff.decode(from);
                case BYE -> Bye.decode(from);
                case JOIN -> Join.decode(from);
                case JOINED -> Joined.decode(from);
                case TREE_QUESTION -> TreeQuestion.decode(from);
                case TREE_ANSWER -> TreeAnswer.decode(from);
            };
            if (from.hasRemaining()) {
                throw new MalformedMessage(from.remaining() + " bytes behind the end of " + type);
            }
            return message;
        } catch (BufferUnderflowException e) {
            throw new MalformedMessage(type + " ends too early");
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage(type + " with " + e.getMessage());
        }
    }
}
