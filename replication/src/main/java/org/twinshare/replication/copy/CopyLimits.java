package org.twinshare.replication.copy;

/**
 * Bounds of a copy.
 *
 * @param maxRemoved     names that may be here and not on the primary; with more the copy stops and asks
 * @param bytesPerSecond at which bytes are fetched
 */
public record CopyLimits(long maxRemoved, double bytesPerSecond) {
    public static final CopyLimits DEFAULT = new CopyLimits(1000, Double.MAX_VALUE);

    public CopyLimits {
        if (maxRemoved < 0 || bytesPerSecond <= 0) {
            throw new IllegalArgumentException("a copy needs a rate, and a number of names");
        }
    }
}
