package org.twinshare.exports.client;

import com.google.common.base.Ascii;

/**
 * A host name with wildcards: {@code *} any characters, {@code ?} one, {@code [a-z]} one of a class, {@code [!a-z]}
 * or {@code [^a-z]} one not of it. All of these match the dots of a name too, as exports(5) says, and case does not
 * matter. Matching takes at most the product of both lengths in steps. Immutable.
 */
public final class HostPattern {

    private final String pattern;

    private HostPattern(String pattern) {
        this.pattern = pattern;
    }

    /** Where {@code text} is not a pattern: an index into it, or -1 when {@link #of} accepts it. */
    static int faultAt(String text) {
        for (int at = 0; at < text.length(); at++) {
            char each = text.charAt(at);
            if (each == '[') {
                int end = classEnd(text, at);
                if (end < 0) {
                    return at;
                }
                at = end;
            } else if (each != '*' && each != '?' && !HostNameSyntax.isNameCharacter(each)) {
                return at;
            }
        }
        return -1;
    }

    /**
     * The pattern of this text.
     *
     * @throws IllegalArgumentException when it holds a character no host name has, or an unclosed or empty class
     */
    public static HostPattern of(String text) {
        int fault = faultAt(text);
        if (fault >= 0) {
            throw new IllegalArgumentException("not a host name pattern: " + text);
        }
        return new HostPattern(Ascii.toLowerCase(text));
    }

    /** The pattern in lower case. */
    public String text() {
        return pattern;
    }

    /** True when the whole of {@code name} matches. */
    public boolean matches(String name) {
        String host = Ascii.toLowerCase(name);
        int at = 0;
        int next = 0;
        int star = -1;
        int starMatched = 0;
        while (next < host.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                starMatched = next;
                continue;
            }
            int after = at < pattern.length() ? matchOne(at, host.charAt(next)) : -1;
            if (after >= 0) {
                at = after;
                next++;
            } else if (star >= 0) {
                at = star + 1;
                next = ++starMatched;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    /** The index after the pattern's element at {@code at} when it matches {@code value}, else -1. */
    private int matchOne(int at, char value) {
        char element = pattern.charAt(at);
        if (element != '[') {
            return element == '?' || element == value ? at + 1 : -1;
        }
        int end = classEnd(pattern, at);
        boolean negated = isNegation(pattern.charAt(at + 1));
        int from = at + (negated ? 2 : 1);
        return classHolds(from, end, value) != negated ? end + 1 : -1;
    }

    private boolean classHolds(int from, int end, char value) {
        for (int at = from; at < end; at++) {
            boolean range = at + 2 < end && pattern.charAt(at + 1) == '-';
            char first = pattern.charAt(at);
            char last = range ? pattern.charAt(at + 2) : first;
            if (first <= value && value <= last) {
                return true;
            }
            at += range ? 2 : 0;
        }
        return false;
    }

    /** The index of the bracket that closes the class opened at {@code open}; -1 when unclosed, empty or ill-formed. */
    private static int classEnd(String text, int open) {
        int first = open + 1;
        if (first < text.length() && isNegation(text.charAt(first))) {
            first++;
        }
        int end = text.indexOf(']', first);
        if (end <= first) {
            return -1;
        }
        for (int at = first; at < end; at++) {
            if (!HostNameSyntax.isNameCharacter(text.charAt(at))) {
                return -1;
            }
        }
        return end;
    }

    private static boolean isNegation(char value) {
        return value == '!' || value == '^';
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostPattern that && pattern.equals(that.pattern);
    }

    @Override
    public int hashCode() {
        return pattern.hashCode();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
