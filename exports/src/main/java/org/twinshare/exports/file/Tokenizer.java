package org.twinshare.exports.file;

import com.google.common.primitives.ImmutableIntArray;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.exports.Diagnostic;

/**
 * Cuts a file into lines of words as exports(5) describes: comments, continuation with a backslash, double quotes and
 * {@code \ooo} anywhere in a word. Reports what is not a word and goes on behind it. Not thread-safe, used once.
 */
final class Tokenizer {

    private final SourceText source;
    private final Diagnostics diagnostics;
    private int at;

    Tokenizer(SourceText source, Diagnostics diagnostics) {
        this.source = source;
        this.diagnostics = diagnostics;
    }

    /** The words of the next line that has any, continued lines included; empty at the end of the file. */
    List<Word> nextLine() {
        List<Word> words = new ArrayList<>();
        while (at < source.length()) {
            skipBlanks();
            int next = source.at(at);
            if (next == '\n') {
                at++;
                if (!words.isEmpty()) {
                    return words;
                }
            } else if (next == '#') {
                skipComment();
            } else if (next >= 0) {
                words.add(word());
            }
        }
        return words;
    }

    private void skipComment() {
        while (at < source.length() && source.at(at) != '\n') {
            at++;
        }
    }

    private void skipBlanks() {
        while (true) {
            int continuation = continuationLength();
            if (continuation > 0) {
                at += continuation;
            } else if (isBlank(source.at(at))) {
                at++;
            } else {
                return;
            }
        }
    }

    private Word word() {
        int start = at;
        Collected collected = new Collected();
        boolean quoted = false;
        boolean faulty = false;
        int quoteAt = at;
        while (at < source.length() && source.at(at) != '\n') {
            int next = source.at(at);
            if (next == '"') {
                quoted = !quoted;
                quoteAt = at++;
            } else if (next == '\\') {
                if (!quoted && continuationLength() > 0) {
                    break;
                }
                faulty |= !escape(collected);
            } else if (!quoted && isBlank(next)) {
                break;
            } else {
                collected.add(next, at++);
            }
        }
        if (quoted) {
            faulty = true;
            error(quoteAt, "this quote is not closed on its line", "close it with \"");
        }
        return new Word(collected.bytes(), collected.offsets(), start, at, faulty);
    }

    /** Reads what a backslash starts; false when that is nothing exports(5) knows. */
    private boolean escape(Collected collected) {
        int continuation = continuationLength();
        if (continuation > 0) {
            // As nfs-utils does: a continued line inside quotes is a space, the blanks that start the next line are
            // none.
            collected.add(' ', at);
            at += continuation;
            while (source.at(at) == ' ' || source.at(at) == '\t') {
                at++;
            }
            return true;
        }
        int value = octal(at + 1);
        if (value >= 0) {
            collected.add(value, at);
            at += 4;
            return true;
        }
        if (isBlank(source.at(at + 1)) && restOfLineIsBlank(at + 1)) {
            error(at, "a line is continued only when the backslash is its last byte", "remove the space after it");
        } else {
            error(at, "a backslash starts three octal digits up to 377", "write \\134 for a backslash itself");
        }
        at++;
        return false;
    }

    private int octal(int offset) {
        int value = 0;
        for (int digit = 0; digit < 3; digit++) {
            int next = source.at(offset + digit);
            if (next < '0' || next > '7') {
                return -1;
            }
            value = value * 8 + next - '0';
        }
        return value > 0xff ? -1 : value;
    }

    /** Length of a backslash and line end at this place; 0 when there is none. */
    private int continuationLength() {
        if (source.at(at) != '\\') {
            return 0;
        }
        if (source.at(at + 1) == '\n') {
            return 2;
        }
        return source.at(at + 1) == '\r' && source.at(at + 2) == '\n' ? 3 : 0;
    }

    private boolean restOfLineIsBlank(int offset) {
        int next = offset;
        while (isBlank(source.at(next))) {
            next++;
        }
        return source.at(next) == '\n' || source.at(next) < 0;
    }

    private void error(int offset, String message, String remedy) {
        diagnostics.add(Diagnostic.Severity.ERROR, source.locate(offset), message, remedy);
    }

    /** Blanks between words; a carriage return is one, so that a file from Windows reads the same. */
    private static boolean isBlank(int value) {
        return value == ' ' || value == '\t' || value == '\r' || value == '\f' || value == 0x0b;
    }

    /** The bytes of a word as they are found, with their offsets. */
    private static final class Collected {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final ImmutableIntArray.Builder offsets = ImmutableIntArray.builder();

        void add(int value, int offset) {
            bytes.write(value);
            offsets.add(offset);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        ImmutableIntArray offsets() {
            return offsets.build();
        }
    }
}
