package org.twinshare.replication.role;

/** What a server of a pair is. The numbers are those on disk and on the wire, and are never used for something else. */
public enum Role {
    /** Answers clients, and its journal is the truth. */
    PRIMARY(1),
    /** Copies the primary's journal, and answers no client. */
    STANDBY(2),
    /** Was the primary when it stopped, and answers nobody until the standby has said that there is no newer epoch. */
    ASKING(3),
    /** Was the primary and has heard of a newer epoch: never answers in its old one again, and rejoins as the standby. */
    FENCED(4);

    private final int number;

    Role(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Whether clients are this server's as far as it knows: it answers them, or asks whether it may. */
    public boolean leads() {
        return this == PRIMARY || this == ASKING;
    }

    /** The role with a number. */
    public static Role of(int number) {
        for (Role role : values()) {
            if (role.number == number) {
                return role;
            }
        }
        throw new IllegalArgumentException("a role of " + number);
    }
}
