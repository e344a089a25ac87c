package org.twinshare.exports;

import com.google.common.base.Ascii;
import java.util.Collection;
import java.util.Optional;

/** Finds the word that somebody most likely meant, for "did you mean". Stateless. */
public final class Spelling {

    /** Words longer than this are nobody's slip of the finger, and comparing them takes time. */
    private static final int MAX_LENGTH = 256;

    private Spelling() {}

    /** The known word nearest to {@code wrong}, case aside, when a third of its letters or fewer differ. */
    public static Optional<String> nearest(String wrong, Collection<String> known) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(wrong, candidate);
            if (distance <= Math.max(1, candidate.length() / 3) && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    /** How many letters must be inserted, removed or changed to make one word the other, case aside (Levenshtein). */
    public static int distance(String first, String second) {
        if (first.length() > MAX_LENGTH || second.length() > MAX_LENGTH) {
            return Integer.MAX_VALUE;
        }
        int[] above = new int[second.length() + 1];
        for (int column = 0; column <= second.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= first.length(); row++) {
            int[] current = new int[second.length() + 1];
            current[0] = row;
            for (int column = 1; column <= second.length(); column++) {
                boolean same = Ascii.toLowerCase(first.charAt(row - 1)) == Ascii.toLowerCase(second.charAt(column - 1));
                int changed = above[column - 1] + (same ? 0 : 1);
                current[column] = Math.min(changed, 1 + Math.min(above[column], current[column - 1]));
            }
            above = current;
        }
        return above[second.length()];
    }
}
