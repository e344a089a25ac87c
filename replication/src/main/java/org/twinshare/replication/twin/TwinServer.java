package org.twinshare.replication.twin;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.twinshare.filestore.local.TreeView;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.RefusedException;

/** The file server as a change of role needs it. Called by one thread at a time. */
public interface TwinServer {
    /** The directories that are exported, by the paths that clients mount, which both servers know. */
    List<TreeView.Root> roots();

    /**
     * Binds the local directory of each export of the primary, with the id that its root has there.
     *
     * @param roots of the primary, by the paths that clients mount
     * @throws RefusedException when one has no directory here
     */
    void bind(List<TreeView.Root> roots) throws IOException, RefusedException;

    /** Answers clients from now on, out of a tree that has everything. */
    void serve(JournaledTree tree) throws IOException, RefusedException;

    /** Begins no more calls, and waits for those under way; true when all of them are done. */
    boolean hold(Duration atMost) throws InterruptedException;

    /** Goes on after {@link #hold}. */
    void resume();

    /** Closes every connection of a client, and takes no more. */
    void silence() throws IOException;

    /** This server is what its role file says from now on: close everything and start anew. Returns at once. */
    void startAnew(String why);

    /** A disk has failed, and nothing can be promised any more. */
    void failed(String why);
}
