package org.twinshare.replication.copy;

import java.io.IOException;

/** So much is here that the primary has not, that this may be the wrong directory. Nothing of it was removed. */
public final class TooMuchToRemove extends IOException {
    TooMuchToRemove(long directory, long names, long limit) {
        super("directory " + directory + " brings what is here and not on the primary to " + names
                + " names, and without being asked at most " + limit
                + " are removed: see whether this is the right directory, then allow more");
    }
}
