package org.twinshare.fileserver.source;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a release: {@code 12-4f3a9c0d11223344}. The sequence only grows; the hash is the beginning of the SHA-256 of
 * its manifest, so that a node can tell that it has what was meant.
 */
record Release(long sequence, String hash) implements Comparable<Release> {
    /** Hexadecimal digits of the hash in a name. */
    static final int HASH_DIGITS = 16;

    private static final Pattern NAME = Pattern.compile("(\\d{1,18})-([0-9a-f]{" + HASH_DIGITS + "})");

    static Optional<Release> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? Optional.of(new Release(Long.parseLong(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }

    String name() {
        return sequence + "-" + hash;
    }

    @Override
    public int compareTo(Release other) {
        return Long.compare(sequence, other.sequence);
    }
}
