package org.twinshare.client.pull;

/** How far a pull has come; after each of them it may be killed, and the next one repairs. */
public enum Step {
    /** Nothing has changed, and all that was to be checked beforehand is well. */
    CHECKED,
    /** The staging directory shares all files with the running release. */
    CLONED,
    /** What is other or gone has been taken out of the staging directory. */
    REMOVED,
    /** rsync has brought what was missing. */
    FETCHED,
    /** The staging directory is what the manifest says. */
    VERIFIED,
    /** The release lies among the others, on the disk. */
    STORED,
    /** The new symbolic link lies beside the target. */
    LINKED,
    /** The target leads to the release. */
    FLIPPED,
    /** The state says so. */
    RECORDED,
    /** Releases that are too old are gone. */
    PRUNED
}
