package org.twinshare.replication.role;

/** Whether the standby's copy is one that was the primary's at some moment. Numbers are those on disk. */
public enum Completeness {
    /** It has everything that it acknowledged. */
    COMPLETE(1),
    /** Its journal and tree are being made equal to the primary's: what is there now never was a tree. */
    INCONSISTENT(2),
    /** It was restarted, and may have lost what it had received but not written. */
    RESTARTED(3);

    private final int number;

    Completeness(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static Completeness of(int number) {
        for (Completeness each : values()) {
            if (each.number == number) {
                return each;
            }
        }
        throw new IllegalArgumentException("a completeness of " + number);
    }
}
