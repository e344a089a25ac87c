package org.twinshare.filestore.local;

import com.google.common.hash.HashFunction;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.ObjectIndex;

/**
 * Gives each name of a directory the cookie under which a listing goes on behind it: a keyed hash of the name, so that it
 * is the same for ever and on both servers, and stays where it is while other names come and go. Of two names with the
 * same hash the later one gets the next free number, which is kept. Thread-safe.
 */
final class Cookies {
    /** Cookies up to this one stand for the beginning, {@code .} and {@code ..}. */
    static final long LAST_RESERVED = 2;

    /** Positive as a signed number, because some clients take it for one. */
    private static final long MASK = (1L << 62) - 1;

    /** No name has a cookie beyond this one. */
    static final long LAST = MASK;

    private final HashFunction hash;
    private final ObjectIndex index;

    Cookies(HashFunction hash, ObjectIndex index) {
        this.hash = hash;
        this.index = index;
    }

    private long natural(byte[] names, int begin, int length) {
        long cookie = hash.hashBytes(names, begin, length).asLong() & MASK;
        return cookie <= LAST_RESERVED ? cookie + LAST_RESERVED + 1 : cookie;
    }

    private static long next(long cookie) {
        return cookie == MASK ? LAST_RESERVED + 1 : cookie + 1;
    }

    /** The cookie of a name that a directory with this listing has, or is about to get. */
    long cookie(long directory, Name name, Listing listing) {
        Long kept = index.cookie(directory, name);
        // A name that was away may find that another has taken its place meanwhile.
        if (kept != null && listing.isFreeFor(name, kept)) {
            return kept;
        }
        long cookie = natural(name.bytes(), 0, name.length());
        if (listing.isFreeFor(name, cookie)) {
            return cookie;
        }
        while (!listing.isFreeFor(name, cookie)) {
            cookie = next(cookie);
        }
        index.putCookie(directory, name, cookie);
        return cookie;
    }

    /**
     * The cookies of all names of a directory, which lie one behind another: name {@code i} from {@code begins[i]} up to
     * {@code begins[i + 1]}.
     */
    long[] all(long directory, byte[] names, int[] begins, int count) {
        Map<Name, Long> kept = index.cookies(directory);
        long[] cookies = new long[count];
        for (int i = 0; i < count; i++) {
            Long stored = kept.isEmpty() ? null : kept.get(Listing.name(names, begins, i));
            cookies[i] = stored == null ? natural(names, begins[i], begins[i + 1] - begins[i]) : stored;
        }
        if (hasDuplicates(cookies)) {
            separate(directory, names, begins, cookies, kept);
        }
        return cookies;
    }

    private static boolean hasDuplicates(long[] cookies) {
        long[] sorted = cookies.clone();
        Arrays.sort(sorted);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] == sorted[i - 1]) {
                return true;
            }
        }
        return false;
    }

    /** First everyone who can have its own number, then the next free one for each of the others. */
    private void separate(long directory, byte[] names, int[] begins, long[] cookies, Map<Name, Long> kept) {
        Set<Long> taken = new HashSet<>(kept.values());
        boolean[] waits = new boolean[cookies.length];
        for (int i = 0; i < cookies.length; i++) {
            waits[i] = !kept.containsKey(Listing.name(names, begins, i)) && !taken.add(cookies[i]);
        }
        for (int i = 0; i < cookies.length; i++) {
            if (waits[i]) {
                while (!taken.add(cookies[i])) {
                    cookies[i] = next(cookies[i]);
                }
                index.putCookie(directory, Listing.name(names, begins, i), cookies[i]);
            }
        }
    }
}
