package org.twinshare.replication.channel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** Text in a message: its length in bytes (2), and so many bytes of UTF-8. What is longer is cut. */
final class Text {
    static final int MAX_BYTES = 1000;

    private Text() {}

    static void put(ByteBuffer to, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        int length = Math.min(bytes.length, MAX_BYTES);
        to.putShort((short) length).put(bytes, 0, length);
    }

    /** Believes no length before it has seen that so many bytes are there. */
    static String take(ByteBuffer from) throws MalformedMessage {
        return new String(takeBytes(from, MAX_BYTES), UTF_8);
    }

    /** Bytes behind their length (2). */
    static byte[] takeBytes(ByteBuffer from, int max) throws MalformedMessage {
        int length = from.getShort() & 0xffff;
        if (length > max || length > from.remaining()) {
            throw new MalformedMessage(length + " bytes where " + from.remaining() + " are left");
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }
}
