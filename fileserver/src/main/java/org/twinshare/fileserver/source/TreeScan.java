package org.twinshare.fileserver.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.twinshare.exports.Octal;

/**
 * Reads a tree with find(1) and sha256sum(1), which know names as the bytes that they are: a Java path depends on the locale
 * that the server was started in. Has no state.
 */
final class TreeScan {
    private static final int FIELDS = 10;
    private static final int NANO_DIGITS = 9;
    private static final Set<String> KEPT = Set.of("f", "d", "l");

    private TreeScan() {}

    /**
     * An entry, with its inode so that a hard link is recognised.
     *
     * @param line      of a file without its digest where that was not read
     * @param changedNs ctime
     */
    record Found(Manifest.Line line, String device, String inode, long changedNs) {
        boolean isDirectory() {
            return line.type().equals("d");
        }

        boolean isSameFile(Found other) {
            return inode.equals(other.inode) && device.equals(other.device);
        }

        Found as(Manifest.Line other) {
            return new Found(other, device, inode, changedNs);
        }
    }

    /**
     * Everything below a directory, and itself as {@code .}, within its file system.
     *
     * @param others gets the names of what is neither file, directory nor symbolic link
     */
    static List<Found> of(Path directory, List<String> others) throws IOException {
        return SystemProgram.output(
                directory,
                List.of("find", ".", "-xdev", "-printf", "%y\\0%m\\0%U:%G\\0%s\\0%T@\\0%i\\0%l\\0%P\\0%D\\0%C@\\0"),
                new byte[0],
                out -> found(new Fields(out), others));
    }

    private static List<Found> found(Fields out, List<String> others) throws IOException {
        List<Found> found = new ArrayList<>();
        String[] fields = new String[FIELDS];
        while (next(out, fields)) {
            if (KEPT.contains(fields[0])) {
                found.add(found(fields));
            } else {
                others.add(escape(fields[7]));
            }
        }
        return found;
    }

    /** Reads the fields of an entry; false at the end, also of what was cut off: how find has ended tells that. */
    private static boolean next(Fields out, String[] fields) throws IOException {
        for (int i = 0; i < FIELDS; i++) {
            String field = out.next(fields[i]);
            if (field == null) {
                return false;
            }
            fields[i] = field;
        }
        return true;
    }

    private static Found found(String[] fields) {
        String name = fields[7].isEmpty() ? "." : fields[7];
        String type = fields[0];
        boolean file = type.equals(Manifest.FILE);
        Manifest.Line line = new Manifest.Line(
                type,
                fields[1],
                fields[2],
                file ? fields[3] : "-",
                file ? nanoseconds(fields[4]) : "-",
                type.equals("l") ? escape(fields[6]) : "-",
                escape(name));
        String changed = nanoseconds(fields[9]);
        int point = changed.indexOf('.');
        return new Found(
                line,
                fields[8],
                fields[5],
                TimeUnit.SECONDS.toNanos(Long.parseLong(changed, 0, point, 10))
                        + Long.parseLong(changed, point + 1, changed.length(), 10));
    }

    private static String nanoseconds(String time) {
        int point = time.indexOf('.');
        return time.substring(0, Math.min(time.length(), point + 1 + NANO_DIGITS));
    }

    private static String escape(String name) {
        return Octal.escape(name, "\\ ");
    }

    /** What a directory consists of, every file of it read. */
    static Manifest manifest(Path directory) throws IOException {
        List<Found> found = of(directory, new ArrayList<>());
        List<Found> files =
                found.stream().filter(entry -> entry.line().isFile()).toList();
        Map<String, String> digests = digests(directory, files);
        List<Manifest.Line> lines = new ArrayList<>();
        for (Found entry : found) {
            String digest = digests.get(entry.line().path());
            lines.add(digest == null ? entry.line() : entry.line().withDigest(digest));
        }
        return new Manifest(lines);
    }

    /** Whether a directory is what a manifest says. */
    static boolean isAs(Path manifest, Path directory) throws IOException {
        return Arrays.equals(manifest(directory).encode(), Files.readAllBytes(manifest));
    }

    /** SHA-256 of files by their escaped paths. */
    static Map<String, String> digests(Path directory, List<Found> files) throws IOException {
        Map<String, String> digests = new HashMap<>();
        if (files.isEmpty()) {
            return digests;
        }
        byte[] out =
                SystemProgram.output(directory, List.of("xargs", "-0", "sha256sum", "-b", "-z", "--"), names(files));
        for (String line : new String(out, ISO_8859_1).split("\0", -1)) {
            int blank = line.indexOf(' ');
            if (blank > 0) {
                digests.put(escape(line.substring(blank + 2)), line.substring(0, blank));
            }
        }
        return digests;
    }

    /** For the standard input of a program: each name with a NUL behind it. */
    static byte[] names(Collection<Found> entries) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (Found entry : entries) {
            names.writeBytes(Octal.unescape(entry.line().path()));
            names.write(0);
        }
        return names.toByteArray();
    }
}
