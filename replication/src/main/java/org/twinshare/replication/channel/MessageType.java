package org.twinshare.replication.channel;

import org.jspecify.annotations.Nullable;

/** The type of a message, as the byte on the wire, and how long one may be. Numbers are never used for something else. */
public enum MessageType {
    HELLO(1, Message.MAX_FIXED_BYTES),
    WELCOME(2, Message.MAX_FIXED_BYTES),
    REFUSE(3, Message.MAX_FIXED_BYTES),
    RECORDS(4, Message.MAX_FIXED_BYTES + Records.MAX_BYTES),
    DATA(5, Message.MAX_FIXED_BYTES + Data.MAX_BYTES),
    BEAT(6, Message.MAX_FIXED_BYTES),
    ASK_MARKS(7, Message.MAX_FIXED_BYTES),
    MARKS(8, Message.MAX_FIXED_BYTES),
    SIGN_OFF(9, Message.MAX_FIXED_BYTES),
    BYE(10, Message.MAX_FIXED_BYTES),
    JOIN(11, Message.MAX_FIXED_BYTES),
    JOINED(12, Message.MAX_FIXED_BYTES),
    TREE_QUESTION(13, Message.MAX_FIXED_BYTES + TreeQuestion.MAX_BYTES),
    TREE_ANSWER(14, Message.MAX_FIXED_BYTES + TreeAnswer.MAX_BYTES);

    private static final MessageType[] VALUES = values();

    final byte number;
    /** Of type and fields; nothing is allocated for a longer one. */
    final int maxBytes;

    MessageType(int number, int maxBytes) {
        this.number = (byte) number;
        this.maxBytes = maxBytes;
    }

    static @Nullable MessageType of(byte number) {
        for (MessageType type : VALUES) {
            if (type.number == number) {
                return type;
            }
        }
        return null;
    }
}
