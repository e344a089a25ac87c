package org.twinshare.exports;

/**
 * A place in an exports file, with the line itself so that it can be shown without the file.
 *
 * @param file       the file's name as the operator gave it, or "command line"
 * @param line       counted from 1; 0 when the whole file is meant
 * @param column     in bytes, counted from 1; 0 when the whole line or file is meant
 * @param sourceLine the line as text, escaped where it is not visible ASCII, cut around the place when it is long
 * @param caret      index into {@code sourceLine} of what is meant, -1 for none
 */
public record Location(String file, int line, int column, String sourceLine, int caret) {

    /** The whole of a file, where no line is to blame. */
    public static Location ofFile(String file) {
        return new Location(file, 0, 0, "", -1);
    }

    /** What was not read from a file but given to the command itself. */
    public static Location ofCommandLine(String words) {
        return new Location("command line", 0, 0, words, -1);
    }

    /** {@code file:line}, or only the file where there is no line. */
    public String fileAndLine() {
        return line == 0 ? file : file + ":" + line;
    }

    /** {@code file:line:column}, as editors and compilers write it. */
    public String text() {
        return column == 0 ? fileAndLine() : fileAndLine() + ":" + column;
    }
}
