package org.twinshare.client.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** How systemd writes paths: as the name of a unit, and inside one. Stateless. */
public final class SystemdText {
    private SystemdText() {}

    /** The name of the unit of a path, without its suffix: {@code /srv/my-data} is {@code srv-my\x2ddata} (systemd.unit(5)). */
    public static String unitName(Path path) {
        StringBuilder name = new StringBuilder();
        byte[] bytes = path.normalize().toString().substring(1).getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at++) {
            char each = (char) (bytes[at] & 0xff);
            boolean plain = each < 0x80 && (Character.isLetterOrDigit(each) || each == ':' || each == '_')
                    || each == '.' && at > 0;
            if (each == '/') {
                name.append('-');
            } else if (plain) {
                name.append(each);
            } else {
                name.append("\\x%02x".formatted((int) each));
            }
        }
        return name.toString();
    }

    /** For a setting that is one value to the end of its line, such as What= and Where=. */
    public static String value(String text) {
        return text.replace("%", "%%");
    }

    /** For a word of a command, such as ExecStop=, where systemd also puts in variables (systemd.service(5)). */
    public static String argument(String text) {
        return word(text).replace("$", "$$");
    }

    /** For a setting that is a list of words, such as RequiresMountsFor=. */
    public static String word(String text) {
        if (text.matches("[A-Za-z0-9_./:=@,+-]+")) {
            return text;
        }
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + '"';
    }
}
