package org.twinshare.replication.twin;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.QuotaPass;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.copy.Answer;
import org.twinshare.replication.copy.Questions;
import org.twinshare.replication.copy.StandbyCopy;
import org.twinshare.replication.ship.StandbyTree;

/**
 * What is done to the standby's tree while one connection lasts: made equal to the primary's, then kept so. Has a thread of its
 * own; a failure ends the connection, and the next one goes on.
 */
final class TreeWork implements StandbyTree.Session {
    private static final Logger LOG = LoggerFactory.getLogger(TreeWork.class);

    private final StandbyCopy copy;
    private final Questions questions;
    private final StandbyTree.Way way;
    private final Consumer<String> onFailure;
    private final Thread thread;

    /** The work. */
    interface Work {
        void run(StandbyCopy copy) throws IOException, RefusedException;
    }

    /** @param onFailure told in words when the disk here takes nothing any more */
    TreeWork(StandbyCopy copy, Questions questions, StandbyTree.Way way, Work work, Consumer<String> onFailure) {
        this.copy = copy;
        this.questions = questions;
        this.way = way;
        this.onFailure = onFailure;
        thread = Thread.ofPlatform().daemon().name("standby-tree").unstarted(() -> run(work));
    }

    TreeWork start() {
        thread.start();
        return this;
    }

    StandbyCopy copy() {
        return copy;
    }

    Questions questions() {
        return questions;
    }

    /** Whether the connection that this works for is still there. */
    boolean isGoingOn() {
        return thread.isAlive();
    }

    private void run(Work work) {
        // The primary has decided what there is room for.
        QuotaPass unusedForGood = QuotaPass.take();
        try {
            work.run(copy);
        } catch (IOException | RefusedException e) {
            if (ErrnoException.takesNothing(e)) {
                // The next connection would find the same.
                onFailure.accept("the disk of this standby has failed: " + e.getMessage());
            }
            LOG.warn("the tree cannot be kept equal to the primary's now, and is tried again: {}", e.getMessage());
            way.end("the standby's tree: " + e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("The work on the standby's tree failed; this is a fault of the server", e);
            way.end("the standby's tree: " + e);
        }
    }

    @Override
    public void answered(ByteBuffer answer) throws IOException {
        byte[] bytes = new byte[answer.remaining()];
        answer.get(bytes);
        questions.answered(Answer.decode(bytes));
    }

    @Override
    public void ended(IOException why) {
        copy.end(why);
        Uninterruptibles.joinUninterruptibly(thread);
    }
}
