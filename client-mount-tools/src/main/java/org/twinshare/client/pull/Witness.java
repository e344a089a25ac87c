package org.twinshare.client.pull;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Remembers that a tree was what its manifest says, so that it need not be compared again: the kernel notes in an inode's ctime
 * when it was last changed in any way, and nobody can set that. What has a ctime between the first of the tree and the moment
 * before it was looked at is untouched; a name that was added or removed touches its directory. Kept in memory only. Immutable.
 *
 * @param fromNs the earliest ctime in the tree when it was compared
 * @param toNs   any change since then is later than this
 * @param root   the ctime of the directory itself, which a rename of it changes; empty where that is still to come
 */
record Witness(long fromNs, long toNs, Optional<Object> root) {
    /** A ctime may be behind the clock by a tick of the kernel, 10 ms at most. */
    private static final int TICK_MILLIS = 15;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int NANO_DIGITS = 9;

    /** The moment before which all that was changed so far is, and after which all that is changed from now on. */
    static long moment() throws IOException {
        try {
            Thread.sleep(2 * TICK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - TICK_MILLIS);
    }

    /** Compares a tree with what was published; empty where it is something else, or somebody is at work in it. */
    static Optional<Witness> of(Path tree, Manifest published, boolean owners) throws IOException {
        long moment = moment();
        Object root = changed(tree);
        long first = Long.MAX_VALUE;
        long last = 0;
        byte[] times = TreeScan.find(tree, List.of("-mindepth", "1", "-printf", "%C@\n"));
        for (String time : new String(times, US_ASCII).split("\n", -1)) {
            if (!time.isEmpty()) {
                first = Math.min(first, nanoseconds(time));
                last = Math.max(last, nanoseconds(time));
            }
        }
        boolean same = last < moment
                && Checks.mismatch(published, TreeScan.of(tree), owners).isEmpty();
        return same ? Optional.of(new Witness(first, moment, Optional.of(root))) : Optional.empty();
    }

    /** When a directory itself was last changed. */
    static Object changed(Path directory) throws IOException {
        return Files.getAttribute(directory, "unix:ctime");
    }

    /** Whether nothing below the directory has been touched, nor itself. */
    boolean holdsFor(Path tree) throws IOException {
        if (!root.equals(Optional.of(changed(tree)))) {
            return false;
        }
        List<String> words = new ArrayList<>(List.of("-mindepth", "1", "!", "("));
        words.addAll(isUntouched());
        words.addAll(List.of(")", "-printf", "x", "-quit"));
        return TreeScan.find(tree, words).length == 0;
    }

    /** The test of find(1) for what has not been touched. */
    List<String> isUntouched() {
        return List.of("-newerct", word(fromNs - 1), "!", "-newerct", word(toNs - 1));
    }

    private static String word(long ns) {
        return "@" + ns / SECOND + "." + String.format(Locale.ROOT, "%09d", ns % SECOND);
    }

    private static long nanoseconds(String time) {
        int point = time.indexOf('.');
        return Long.parseLong(time.substring(0, point)) * SECOND
                + Long.parseLong(time.substring(point + 1, point + 1 + NANO_DIGITS));
    }
}
