package org.twinshare.exports.client;

/**
 * The kinds of client in the order in which exports(5) lets them decide, whatever their order on the line: the first
 * kind that matches wins.
 */
public enum Precedence {
    /** One machine, by name or by address. */
    SINGLE_HOST("single host"),
    /** An address and a mask; here the longer prefix goes first. */
    NETWORK("network"),
    /** A host name with {@code *}, {@code ?} or {@code [...]}. */
    WILDCARD("wildcard"),
    /** {@code @group}. */
    NETGROUP("netgroup"),
    /** {@code *}. */
    ANYONE("anyone");

    private final String words;

    Precedence(String words) {
        this.words = words;
    }

    /** The kind as exports(5) calls it. */
    public String words() {
        return words;
    }
}
