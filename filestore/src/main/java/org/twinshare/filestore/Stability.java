package org.twinshare.filestore;

/** How far a WRITE must have come before it is answered (RFC 1813 section 3.3.7, stable_how). */
public enum Stability {
    /** The data may still be in memory; COMMIT makes them durable. */
    UNSTABLE(0),
    /** The data, and what is needed to find them again, are on disk. */
    DATA_SYNC(1),
    /** The data and all attributes are on disk. */
    FILE_SYNC(2);

    private final int number;

    Stability(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }
}
