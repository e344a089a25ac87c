package org.twinshare.replication.channel;

/** How a connection ended, seen from this side. */
public enum Ended {
    /** The other server said so; it lives. */
    BYE,
    /** The other server's kernel closed it without a word: its process is gone. */
    CLOSED_BY_KERNEL,
    /** Nothing was heard for too long, or there was no way to the other server: nobody can know. */
    LOST,
    /** This server closed it. */
    CLOSED_HERE,
    /** The other server sent what makes no sense. */
    MALFORMED
}
