package org.twinshare.replication.role;

/** What a durable reply waits for besides the server's own disk. */
public enum AckMode {
    /** Nothing: the standby follows as fast as it can. */
    LOCAL(1),
    /** The standby has received it. */
    REMOTE_MEMORY(2),
    /** The standby has it on its disk. */
    REMOTE_DISK(3),
    /** The standby is not further behind than the largest lag that was allowed. */
    ASYNC(4);

    private final int number;

    AckMode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Whether everything that was answered had been received by the standby. */
    public boolean waitsForStandby() {
        return this == REMOTE_MEMORY || this == REMOTE_DISK;
    }

    /** The mode with a number. */
    public static AckMode of(int number) {
        for (AckMode mode : values()) {
            if (mode.number == number) {
                return mode;
            }
        }
        throw new IllegalArgumentException("an acknowledgement mode of " + number);
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
