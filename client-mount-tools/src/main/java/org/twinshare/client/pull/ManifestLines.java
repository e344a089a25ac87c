package org.twinshare.client.pull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is other in a manifest than in an earlier one, line by line: most of a release is as it was in the one before, and a line
 * that is in both need not be taken apart. Immutable.
 *
 * @param gone  lines of the earlier one that the later one does not have
 * @param added lines of the later one
 */
record ManifestLines(List<String> gone, List<String> added) {
    /**
     * Lines that are not in the order of their paths can be named although they are in both, and then in both lists: whoever
     * removes the ones and then adds the others is right in any case.
     */
    static ManifestLines between(byte[] earlier, byte[] later) {
        ManifestLines lines = new ManifestLines(new ArrayList<>(), new ArrayList<>());
        int from = 0;
        int to = 0;
        while (true) {
            int same = sameLines(earlier, from, later, to);
            from += same;
            to += same;
            if (from >= earlier.length || to >= later.length) {
                break;
            }
            String old = line(earlier, from);
            String next = line(later, to);
            int order = pathOf(old).compareTo(pathOf(next));
            if (order <= 0) {
                lines.gone.add(old);
                from += old.length() + 1;
            }
            if (order >= 0) {
                lines.added.add(next);
                to += next.length() + 1;
            }
        }
        rest(earlier, from, lines.gone);
        rest(later, to, lines.added);
        return lines;
    }

    /** The bytes of the whole lines that are the same from here on. */
    private static int sameLines(byte[] earlier, int from, byte[] later, int to) {
        if (from >= earlier.length || to >= later.length) {
            return 0;
        }
        int same = Arrays.mismatch(earlier, from, earlier.length, later, to, later.length);
        if (same < 0) {
            return later.length - to;
        }
        while (same > 0 && later[to + same - 1] != '\n') {
            same--;
        }
        return same;
    }

    private static String line(byte[] text, int from) {
        int to = from;
        while (to < text.length && text[to] != '\n') {
            to++;
        }
        return new String(text, from, to - from, StandardCharsets.US_ASCII);
    }

    private static void rest(byte[] text, int from, List<String> into) {
        for (int at = from; at < text.length; at += into.getLast().length() + 1) {
            into.add(line(text, at));
        }
    }

    /** The last field of a line. */
    static String pathOf(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }
}
