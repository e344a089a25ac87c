package org.twinshare.client.pull;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final String ATTRIBUTES = "%y\\0%m\\0%U:%G\\0%s\\0%T@\\0%l\\0%P\\0";
    /** No type that find(1) knows. */
    private static final char UNTOUCHED = '=';

    private TreeScan() {}

    /** Everything below a directory, and itself as {@code .}, within its file system; without digests of files. */
    static Manifest of(Path directory) throws IOException {
        Since found = new Since(new LinkedHashMap<>(), new Names());
        parse(find(directory, List.of("-printf", ATTRIBUTES)), found);
        return Manifest.found(found.touched);
    }

    /**
     * What is in a tree of which most has been seen before.
     *
     * @param touched   what has been touched since, by escaped path, without digests of files
     * @param untouched the names of the rest
     */
    record Since(Map<String, Entry> touched, Names untouched) {}

    /** The same where most of it has been seen before: what nobody has touched is as it was then. */
    static Since since(Witness witness, Path directory) throws IOException {
        List<String> words = new ArrayList<>(witness.isUntouched());
        words.addAll(List.of("-printf", UNTOUCHED + "%P\\0", "-o", "-printf", ATTRIBUTES));
        Since found = new Since(new LinkedHashMap<>(), new Names());
        parse(find(directory, words), found);
        return found;
    }

    /** Runs find(1) over a tree, within its file system. */
    static byte[] find(Path directory, List<String> words) throws IOException {
        List<String> command = new ArrayList<>(List.of("find", ".", "-xdev"));
        command.addAll(words);
        return SystemProgram.output(directory, command, new byte[0]);
    }

    private static void parse(byte[] out, Since into) {
        String[] fields = new String[FIELDS];
        int at = 0;
        while (at < out.length) {
            if (out[at] == UNTOUCHED) {
                int end = end(out, at);
                into.untouched.add(out, at + 1, end);
                at = end + 1;
                continue;
            }
            for (int field = 0; field < FIELDS; field++) {
                int end = end(out, at);
                fields[field] = new String(out, at, end - at, ISO_8859_1);
                at = end + 1;
            }
            Entry entry = entry(fields);
            into.touched.put(entry.path(), entry);
        }
    }

    private static int end(byte[] out, int from) {
        int at = from;
        while (out[at] != 0) {
            at++;
        }
        return at;
    }

    /** @param fields of {@link #ATTRIBUTES} */
    private static Entry entry(String[] fields) {
        String type = fields[0];
        String path = fields[FIELDS - 1].isEmpty() ? "." : escape(fields[FIELDS - 1]);
        boolean file = type.equals("f");
        String time = fields[4];
        return new Entry(
                type,
                fields[1],
                fields[2],
                file ? fields[3] : "-",
                file ? time.substring(0, Math.min(time.length(), time.indexOf('.') + 1 + NANO_DIGITS)) : "-",
                type.equals("l") ? escape(fields[5]) : "-",
                path);
    }

    private static String escape(String name) {
        return Octal.escape(name, "\\ ");
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
