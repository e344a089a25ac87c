package org.twinshare.fileserver.server;

import java.nio.charset.StandardCharsets;
import org.twinshare.exports.BytePath;

/** A path in a command that an operator may copy: as it is, or in the quotes that a shell wants. Has no state. */
final class ShellWord {
    private static final String NEEDS_NO_QUOTES = "[A-Za-z0-9_./:=@,+-]+";

    private ShellWord() {}

    static String of(BytePath path) {
        String text = new String(path.bytes(), StandardCharsets.UTF_8);
        return text.matches(NEEDS_NO_QUOTES) ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
