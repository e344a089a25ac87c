package org.twinshare.exports;

/**
 * Bytes as text that a terminal and an exports file can hold: the {@code \ooo} of exports(5) for all that is not
 * visible ASCII. What strangers wrote (a client's path, a file's comment) is shown this way and no other.
 */
public final class Octal {

    private Octal() {}

    /** The bytes as ASCII, with {@code \ooo} for control and non-ASCII bytes and for those in {@code special}. */
    public static String escape(byte[] bytes, String special) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte each : bytes) {
            append(text, each, special);
        }
        return text.toString();
    }

    /** Appends one byte as {@link #escape} shows it. */
    public static void append(StringBuilder text, byte value, String special) {
        int unsigned = value & 0xff;
        if (unsigned < ' ' || unsigned > '~' || special.indexOf(unsigned) >= 0) {
            text.append('\\')
                    .append((char) ('0' + (unsigned >> 6)))
                    .append((char) ('0' + (unsigned >> 3 & 7)))
                    .append((char) ('0' + (unsigned & 7)));
        } else {
            text.append((char) unsigned);
        }
    }
}
