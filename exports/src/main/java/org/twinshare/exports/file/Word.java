package org.twinshare.exports.file;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.twinshare.exports.Octal;

/** One word of a line: its bytes without quotes and escapes, and for each of them where it stands. Immutable. */
final class Word {

    private final byte[] bytes;
    private final ImmutableIntArray offsets;
    private final int start;
    private final int end;
    private final boolean faulty;

    /**
     * @param bytes   the bytes that are meant; not to be changed any more
     * @param offsets for each of them, where it stands in the file
     * @param start   offset of the first raw byte
     * @param end     offset after the last raw byte
     * @param faulty  true when an error about it was reported already
     */
    Word(byte[] bytes, ImmutableIntArray offsets, int start, int end, boolean faulty) {
        this.bytes = bytes;
        this.offsets = offsets;
        this.start = start;
        this.end = end;
        this.faulty = faulty;
    }

    /** The bytes; not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    /** The byte at this index, unsigned. */
    int at(int index) {
        return bytes[index] & 0xff;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    boolean faulty() {
        return faulty;
    }

    /** The bytes as characters 0 to 255, for reading: not to be shown. */
    String text() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The word as an operator may see it, and write it. */
    String shown() {
        return Octal.escape(bytes, "\\\" ");
    }

    /** Where the byte with this index stands in the file; the end of the word for an index after the last. */
    int offsetOf(int index) {
        if (index < offsets.length()) {
            return offsets.get(index);
        }
        return bytes.length == 0 ? start : end;
    }

    /** The bytes from one index up to another, as a word of their own. */
    Word part(int from, int to) {
        byte[] some = Arrays.copyOfRange(bytes, from, to);
        return new Word(some, offsets.subArray(from, to), offsetOf(from), offsetOf(to), faulty);
    }

    boolean startsWith(char first) {
        return bytes.length > 0 && bytes[0] == first;
    }

    /** Index of the first byte of this value, -1 when there is none. */
    int indexOf(char value) {
        for (int index = 0; index < bytes.length; index++) {
            if (bytes[index] == value) {
                return index;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return shown();
    }
}
