package org.twinshare.client.node;

import java.util.List;
import java.util.stream.Collectors;

/** Words as a shell takes them, for what an administrator may paste. Stateless. */
public final class ShellWords {
    private static final String PLAIN = "[A-Za-z0-9_@%+=:,./\\[\\]-]+";

    private ShellWords() {}

    public static String of(List<String> command) {
        return command.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
    }

    public static String quoted(String word) {
        return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
