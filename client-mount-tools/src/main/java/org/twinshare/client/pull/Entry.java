package org.twinshare.client.pull;

import java.util.Set;
import org.twinshare.exports.Octal;

/**
 * A file, directory or symbolic link, as a line of a manifest says it; a field that its type does not have is {@code -}. Paths
 * are escaped with {@code \ooo}, so that any name is ASCII without blanks.
 *
 * @param digest SHA-256 of a file, target of a symbolic link
 */
record Entry(String type, String mode, String owner, String size, String mtime, String digest, String path) {
    private static final int FIELDS = 7;
    private static final Set<String> TYPES = Set.of("f", "d", "l");

    /** What many entries have in common is there once: a tree has many entries. */
    Entry {
        type = type.intern();
        mode = mode.intern();
        owner = owner.intern();
    }

    /** @throws IllegalArgumentException for a line that no server would write */
    static Entry parse(String line) {
        String[] fields = new String[FIELDS];
        int from = 0;
        for (int field = 0; field < FIELDS - 1; field++) {
            int blank = line.indexOf(' ', from);
            if (blank < 0) {
                throw noEntry(line);
            }
            fields[field] = line.substring(from, blank);
            from = blank + 1;
        }
        String path = line.substring(from);
        if (!TYPES.contains(fields[0]) || path.indexOf(' ') >= 0 || !isInside(path)) {
            throw noEntry(line);
        }
        return new Entry(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], path);
    }

    private static IllegalArgumentException noEntry(String line) {
        return new IllegalArgumentException("not a line of a manifest: " + line);
    }

    /** Nothing outside of the tree may be meant: the path ends up in a list of what to remove. */
    private static boolean isInside(String path) {
        return !path.isEmpty()
                && !path.startsWith("/")
                && (!path.contains("..") || !("/" + path + "/").contains("/../"));
    }

    boolean isFile() {
        return type.equals("f");
    }

    /** Whether it is a file of which only the attributes are known. */
    boolean isUnread() {
        return isFile() && digest.equals("-");
    }

    boolean isDirectory() {
        return type.equals("d");
    }

    long sizeBytes() {
        return isFile() ? Long.parseLong(size) : 0;
    }

    Entry withDigest(String other) {
        return new Entry(type, mode, owner, size, mtime, other, path);
    }

    /** Whether what was found is this, as far as attributes tell; what only root can set counts for root. */
    boolean looksLike(Entry found, boolean root) {
        return type.equals(found.type)
                && mode.equals(found.mode)
                && (!root || owner.equals(found.owner))
                && size.equals(found.size)
                && sameTime(mtime, found.mtime)
                && (found.isUnread() || digest.equals(found.digest));
    }

    /** A file system without nanoseconds keeps whole seconds. */
    private static boolean sameTime(String wanted, String found) {
        if (wanted.equals(found)) {
            return true;
        }
        int point = found.indexOf('.');
        return point > 0
                && found.substring(point + 1).matches("0*")
                && wanted.startsWith(found.substring(0, point + 1));
    }

    /** The path as the bytes that it stands for. */
    byte[] name() {
        return Octal.unescape(path);
    }
}
