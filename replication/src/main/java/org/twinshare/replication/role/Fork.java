package org.twinshare.replication.role;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.twinshare.replication.journal.RecordMark;

/** Finds where two journals part: the last record that both have. Asks for a few dozen marks at once, so in few rounds. */
public final class Fork {
    /** Marks that are asked for in one round. */
    public static final int MARKS = 64;

    private Fork() {}

    /** One of the two journals. */
    @FunctionalInterface
    public interface Marks {
        /** The marks of these records, which rise, each of which is in both journals' range. */
        List<RecordMark> at(List<Long> sequences) throws IOException;
    }

    /**
     * The last record that is the same in both.
     *
     * @param oldest the first sequence that both hold
     * @param last   the last sequence that both hold
     * @return one less than the oldest when they have nothing in common there
     */
    public static long lastCommon(long oldest, long last, Marks ours, Marks theirs) throws IOException {
        // Records up to low are the same, those above high are not.
        long low = oldest - 1;
        long high = last;
        while (low < high) {
            List<Long> asked = between(low + 1, high);
            List<RecordMark> here = ours.at(asked);
            List<RecordMark> there = theirs.at(asked);
            int same = 0;
            while (same < asked.size() && here.get(same).equals(there.get(same))) {
                same++;
            }
            if (same < asked.size()) {
                high = asked.get(same) - 1;
            }
            if (same > 0) {
                low = asked.get(same - 1);
            }
        }
        return low;
    }

    /** At most {@link #MARKS} sequences from the first to the last, both of them among them. */
    private static List<Long> between(long first, long last) {
        TreeSet<Long> sequences = new TreeSet<>();
        for (int i = 0; i < MARKS; i++) {
            sequences.add(first + (last - first) * i / (MARKS - 1));
        }
        return List.copyOf(sequences);
    }
}
