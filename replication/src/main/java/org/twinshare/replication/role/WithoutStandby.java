package org.twinshare.replication.role;

/** What the primary does with replies that wait for a standby which does not answer. */
public enum WithoutStandby {
    /** Goes on alone after a time, and records that it is alone first. */
    CONTINUE,
    /** Holds the replies until the standby is back. */
    BLOCK
}
