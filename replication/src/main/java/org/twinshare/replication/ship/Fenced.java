package org.twinshare.replication.ship;

import org.twinshare.filestore.TreeFailed;

/** This server has heard of a newer epoch, and answers nothing any more in its old one. */
public final class Fenced extends TreeFailed {
    public Fenced(int epoch, int newer) {
        super("the other server answers in epoch " + newer + ", and this one answered in epoch " + epoch);
    }
}
