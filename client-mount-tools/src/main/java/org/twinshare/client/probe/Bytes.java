package org.twinshare.client.probe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes: a name, a path, the text of a symbolic link, data. Never decoded, never normalised; equal
 * when every byte is equal. Safe for use by several threads.
 */
public final class Bytes {
    /** No bytes at all. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** A copy of these bytes. */
    public static Bytes of(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /** The UTF-8 form of this text. */
    public static Bytes of(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes that these hexadecimal digits stand for; blanks between them are ignored. */
    public static Bytes ofHex(String digits) {
        return new Bytes(HexFormat.of().parseHex(digits.replaceAll("\\s+", "")));
    }

    public int length() {
        return content.length;
    }

    public byte at(int index) {
        return content[index];
    }

    /** A copy. */
    public byte[] toArray() {
        return content.clone();
    }

    /** Lower-case hexadecimal digits, two for each byte. */
    public String toHex() {
        return HexFormat.of().formatHex(content);
    }

    void writeTo(XdrWriter out) {
        out.putRaw(content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** Printable ASCII as it is, every other byte and the backslash as {@code \xNN}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(content.length);
        for (byte each : content) {
            if (each >= ' ' && each < 0x7f && each != '\\') {
                text.append((char) each);
            } else {
                text.append("\\x").append(HexFormat.of().toHexDigits(each));
            }
        }
        return text.toString();
    }
}
