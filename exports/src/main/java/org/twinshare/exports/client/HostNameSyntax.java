package org.twinshare.exports.client;

import com.google.common.base.Ascii;

/**
 * What may be a host name (RFC 1123, section 2.1, and the underscore that name servers in the field serve). Names
 * from a name server pass through here too: whoever owns an address writes what its reverse lookup says.
 */
public final class HostNameSyntax {

    /** The longest name of RFC 1035, section 2.3.4, in characters. */
    static final int MAX_LENGTH = 255;

    private HostNameSyntax() {}

    /** True for letters, digits, dot, dash and underscore of ASCII. */
    static boolean isNameCharacter(char value) {
        return (value >= 'a' && value <= 'z')
                || (value >= 'A' && value <= 'Z')
                || (value >= '0' && value <= '9')
                || value == '.'
                || value == '-'
                || value == '_';
    }

    /** Index of the first character that no host name has; -1 when there is none. */
    static int faultAt(String name) {
        for (int at = 0; at < name.length(); at++) {
            if (!isNameCharacter(name.charAt(at))) {
                return at;
            }
        }
        return -1;
    }

    /** True for a name that may be asked for and compared: no empty label, no dash first, not too long. */
    public static boolean isHostName(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return !bare.isEmpty()
                && bare.length() <= MAX_LENGTH
                && faultAt(bare) < 0
                && bare.charAt(0) != '-'
                && bare.charAt(0) != '.'
                && !bare.endsWith(".")
                && !bare.contains("..");
    }

    /** The form in which names are compared: lower case, without the dot that ends a fully qualified name. */
    public static String normalize(String name) {
        String lower = Ascii.toLowerCase(name);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /**
     * True when the last label is all digits: no such domain can exist (RFC 3696, section 2), it is a mistyped
     * address.
     */
    static boolean looksLikeAddress(String name) {
        String bare = normalize(name);
        String last = bare.substring(bare.lastIndexOf('.') + 1);
        return name.indexOf(':') >= 0 || (!last.isEmpty() && last.chars().allMatch(each -> each >= '0' && each <= '9'));
    }
}
