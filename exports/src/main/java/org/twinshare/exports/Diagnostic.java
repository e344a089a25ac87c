package org.twinshare.exports;

/**
 * What is wrong, or doubtful, at one place of an exports file, and what to write instead. An error keeps the whole
 * table from being used; a warning does not.
 *
 * @param severity whether the file can be used
 * @param location where
 * @param message  one line without a final full stop
 * @param remedy   what to write, or empty
 */
public record Diagnostic(Severity severity, Location location, String message, String remedy) {

    /** Whether a file with such a diagnostic can be used. */
    public enum Severity {
        /** The table is not used; the one in force stays. */
        ERROR("error"),
        /** The table is used, perhaps not as its writer thinks. */
        WARNING("warning");

        private final String word;

        Severity(String word) {
            this.word = word;
        }

        /** The word that the text form shows. */
        public String word() {
            return word;
        }
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The place and the message, the source line with a caret below, the remedy: up to four lines. */
    public String text() {
        StringBuilder text = new StringBuilder(location.text())
                .append(": ")
                .append(severity.word())
                .append(": ")
                .append(message);
        if (!location.sourceLine().isEmpty()) {
            text.append("\n    ").append(location.sourceLine());
            if (location.caret() >= 0) {
                text.append("\n    ").repeat(' ', location.caret()).append('^');
            }
        }
        if (!remedy.isEmpty()) {
            text.append("\n    remedy: ").append(remedy.replace("\n", "\n            "));
        }
        return text.toString();
    }
}
