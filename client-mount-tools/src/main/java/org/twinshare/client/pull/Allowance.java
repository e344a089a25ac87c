package org.twinshare.client.pull;

/** A refusal that somebody has said is meant. */
public enum Allowance {
    /** Many files of the running tree are gone from the release. */
    VANISHED,
    /** Files that were written into the running tree on this node stay behind. */
    LOCAL_FILES,
    /** The server has older releases than this node has seen. */
    OLDER_RELEASE,
    /** rsync is older than the newest one that mends known holes. */
    OLD_RSYNC,
    /** A release that was rolled back on this node is taken again. */
    HELD_RELEASE,
    /** A directory that is there becomes release 0, without a question. */
    TAKE_OVER
}
