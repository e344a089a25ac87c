package org.twinshare.client.pull;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.twinshare.exports.Octal;

/** Reads a tree with find(1) and sha256sum(1), which know names as the bytes that they are. Has no state. */
final class TreeScan {
    private static final int FIELDS = 7;
    private static final int NANO_DIGITS = 9;

    private TreeScan() {}

    /** Everything below a directory, and itself as {@code .}, within its file system; without digests of files. */
    static Manifest of(Path directory) throws IOException {
        byte[] out = SystemProgram.output(
                directory,
                List.of("find", ".", "-xdev", "-printf", "%y\\0%m\\0%U:%G\\0%s\\0%T@\\0%l\\0%P\\0"),
                new byte[0]);
        String[] fields = new String(out, ISO_8859_1).split("\0", -1);
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (int at = 0; at + FIELDS <= fields.length; at += FIELDS) {
            Entry entry = entry(fields, at);
            entries.put(entry.path(), entry);
        }
        return new Manifest(entries);
    }

    private static Entry entry(String[] fields, int at) {
        String type = fields[at];
        boolean file = type.equals("f");
        String time = fields[at + 4];
        return new Entry(
                type,
                fields[at + 1],
                fields[at + 2],
                file ? fields[at + 3] : "-",
                file ? time.substring(0, Math.min(time.length(), time.indexOf('.') + 1 + NANO_DIGITS)) : "-",
                type.equals("l") ? escape(fields[at + 5]) : "-",
                fields[at + 6].isEmpty() ? "." : escape(fields[at + 6]));
    }

    private static String escape(String name) {
        return Octal.escape(name.getBytes(ISO_8859_1), "\\ ");
    }

    /** SHA-256 of files by their escaped paths; a file that cannot be read is missing. */
    static Map<String, String> digests(Path directory, Collection<Entry> files) throws IOException {
        Map<String, String> digests = new HashMap<>();
        if (files.isEmpty()) {
            return digests;
        }
        SystemProgram.Result result =
                SystemProgram.run(directory, List.of("xargs", "-0", "sha256sum", "-b", "-z", "--"), names(files));
        for (String line : new String(result.out(), ISO_8859_1).split("\0", -1)) {
            int blank = line.indexOf(' ');
            if (blank > 0) {
                digests.put(escape(line.substring(blank + 2)), line.substring(0, blank));
            }
        }
        return digests;
    }

    /** For the standard input of a program: each name with a NUL behind it. */
    static byte[] names(Collection<Entry> entries) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            names.writeBytes(entry.name());
            names.write(0);
        }
        return names.toByteArray();
    }
}
