package org.twinshare.exports;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes as text that a terminal and an exports file can hold: the {@code \ooo} of exports(5) for all that is not
 * visible ASCII. What strangers wrote (a client's path, a file's comment) is shown this way and no other.
 */
public final class Octal {
    private static final int DIGITS = 3;

    private Octal() {}

    /** The bytes as ASCII, with {@code \ooo} for control and non-ASCII bytes and for those in {@code special}. */
    public static String escape(byte[] bytes, String special) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte each : bytes) {
            append(text, each, special);
        }
        return text.toString();
    }

    /**
     * The same of bytes that are the characters of a string (ISO 8859-1).
     *
     * @return the string itself where nothing of it is escaped, as of most names
     */
    public static String escape(String bytes, String special) {
        for (int at = 0; at < bytes.length(); at++) {
            if (isEscaped(bytes.charAt(at), special)) {
                return escape(bytes.getBytes(StandardCharsets.ISO_8859_1), special);
            }
        }
        return bytes;
    }

    /** The bytes that an escaped text stands for. */
    public static byte[] unescape(String text) {
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                bytes[length++] = (byte) Integer.parseInt(text, at + 1, at + 1 + DIGITS, 8);
                at += DIGITS;
            } else {
                bytes[length++] = (byte) text.charAt(at);
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    private static boolean isEscaped(int value, String special) {
        return value < ' ' || value > '~' || special.indexOf(value) >= 0;
    }

    /** Appends one byte as {@link #escape} shows it. */
    public static void append(StringBuilder text, byte value, String special) {
        int unsigned = value & 0xff;
        if (isEscaped(unsigned, special)) {
            text.append('\\')
                    .append((char) ('0' + (unsigned >> 6)))
                    .append((char) ('0' + (unsigned >> 3 & 7)))
                    .append((char) ('0' + (unsigned & 7)));
        } else {
            text.append((char) unsigned);
        }
    }
}
