package org.twinshare.exports;

/**
 * A failure as an operator reads it: what is wrong, why, and what to do about it. Every message that a user of Twinshare
 * sees about something that failed or was refused is one of these.
 *
 * @param what   one line without a final full stop: what failed, or what was refused
 * @param cause  why, or an empty string where {@code what} already says it
 * @param remedy what to do, as a command or a line to write where possible
 */
public record Problem(String what, String cause, String remedy) {

    /** {@code error: ...}, {@code cause: ...}, {@code remedy: ...}, each on its own line, the empty ones left out. */
    public String text() {
        StringBuilder text = new StringBuilder("error: ").append(what);
        if (!cause.isEmpty()) {
            text.append("\n cause: ").append(indent(cause));
        }
        if (!remedy.isEmpty()) {
            text.append("\nremedy: ").append(indent(remedy));
        }
        return text.toString();
    }

    private static String indent(String lines) {
        return lines.replace("\n", "\n        ");
    }
}
