package org.twinshare.exports.file;

import java.util.Arrays;
import org.twinshare.exports.Location;
import org.twinshare.exports.Octal;

/** The bytes of one exports file, which can turn an offset into a place that an operator finds. Immutable. */
final class SourceText {

    /** How many bytes of a long line are shown before and after the place that is meant. */
    private static final int SHOWN_BYTES = 80;

    private static final String CUT = "...";

    private final String fileName;
    private final byte[] bytes;
    private final int[] lineStarts;

    SourceText(String fileName, byte[] bytes) {
        this.fileName = fileName;
        this.bytes = bytes;
        int[] starts = new int[16];
        int lines = 1;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                starts = lines == starts.length ? Arrays.copyOf(starts, 2 * lines) : starts;
                starts[lines++] = at + 1;
            }
        }
        this.lineStarts = Arrays.copyOf(starts, lines);
    }

    int length() {
        return bytes.length;
    }

    /** The byte at this offset as an unsigned number, -1 at and after the end. */
    int at(int offset) {
        return offset < bytes.length ? bytes[offset] & 0xff : -1;
    }

    /** The place of this offset, with the caret on it. */
    Location locate(int offset) {
        return locate(offset, offset);
    }

    /** The place of {@code offset}, with the caret under {@code caretOffset} of the same line. */
    Location locate(int offset, int caretOffset) {
        int line = lineIndex(offset);
        int start = lineStarts[line];
        int from = Math.max(start, caretOffset - SHOWN_BYTES);
        int end = from;
        while (end < bytes.length && bytes[end] != '\n' && end < caretOffset + SHOWN_BYTES) {
            end++;
        }
        boolean cutEnd = end < bytes.length && bytes[end] != '\n';
        StringBuilder shown = new StringBuilder(from > start ? CUT : "");
        int caret = shown.length();
        for (int at = from; at < end; at++) {
            caret = at == caretOffset ? shown.length() : caret;
            appendByte(shown, bytes[at]);
        }
        caret = caretOffset >= end ? shown.length() : caret;
        if (cutEnd) {
            shown.append(CUT);
        }
        String text = shown.toString().stripTrailing();
        return new Location(fileName, line + 1, offset - start + 1, text, caret);
    }

    /** True when both offsets are on one line. */
    boolean onSameLine(int first, int second) {
        return lineIndex(first) == lineIndex(second);
    }

    private int lineIndex(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found : -found - 2;
    }

    private static void appendByte(StringBuilder shown, byte value) {
        if (value == '\t' || value == '\r') {
            // One column for one byte: a tab of any width would move the caret.
            shown.append(' ');
        } else {
            Octal.append(shown, value, "");
        }
    }
}
