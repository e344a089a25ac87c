package org.twinshare.client.bench;

/** Fast repeatable random numbers: xorshift64* (Marsaglia; Vigna 2016). Good enough to choose a file. Not thread-safe. */
final class Dice {
    private long state;

    Dice(long seed) {
        state = (seed * 0x9e37_79b9_7f4a_7c15L) | 1;
    }

    /** Evenly distributed from 0 to {@code bound - 1}. */
    int below(int bound) {
        state ^= state >>> 12;
        state ^= state << 25;
        state ^= state >>> 27;
        long high = (state * 0x2545_f491_4f6c_dd1dL) >>> 32;
        return (int) ((high * bound) >>> 32);
    }
}
