package org.twinshare.client.pull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a release, {@code 12-4f3a9c0d11223344}: its number, and the beginning of the SHA-256 of its manifest. */
record Release(long sequence, String hash) implements Comparable<Release> {
    private static final Pattern NAME = Pattern.compile("(\\d{1,18})-([0-9a-f]{16})");

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
