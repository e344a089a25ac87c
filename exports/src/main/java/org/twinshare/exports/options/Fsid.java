package org.twinshare.exports.options;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** The value of {@code fsid=}: which file system an export is, in the operator's words (exports(5)). */
public sealed interface Fsid {

    /** As an exports file writes it. */
    String text();

    /** A small number; {@code root} is 0. Unsigned. */
    record SmallNumber(int value) implements Fsid {
        @Override
        public String text() {
            return value == 0 ? "root" : Integer.toUnsignedString(value);
        }
    }

    /** A UUID: 32 hex digits, in lower case, without punctuation. */
    record Uuid(String digits) implements Fsid {
        @Override
        public String text() {
            return digits;
        }

        /** The 16 bytes. */
        public byte[] bytes() {
            return HexFormat.of().parseHex(digits);
        }
    }

    /**
     * Reads {@code root}, a number up to 32 bits (decimal, 0x hexadecimal or 0 octal, as strtoul does), or 32 hex
     * digits with any punctuation between them. Nothing for all else.
     */
    static Optional<Fsid> parse(String text) {
        if (text.equals("root")) {
            return Optional.of(new SmallNumber(0));
        }
        String digits = text.replaceAll("[^0-9A-Za-z]", "").toLowerCase(Locale.ROOT);
        if (digits.matches("[0-9a-f]{32}")) {
            return Optional.of(new Uuid(digits));
        }
        if (!text.matches("[1-9][0-9]{0,9}|0[0-7]{0,11}|0[xX][0-9a-fA-F]{1,8}")) {
            return Optional.empty();
        }
        long value = Long.decode(text);
        return value > 0xffff_ffffL ? Optional.empty() : Optional.of(new SmallNumber((int) value));
    }
}
