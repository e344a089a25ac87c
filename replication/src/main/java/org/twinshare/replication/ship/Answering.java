package org.twinshare.replication.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.channel.Beat;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.ConnectionEnded;
import org.twinshare.replication.channel.TreeAnswer;

/**
 * Answers what the standby asks of the tree over one connection, one question after the other, on a thread of its own: the disk
 * of the tree may keep it waiting, and neither records nor heartbeats wait with it.
 *
 * <p>While it looks at the tree, the applied position of before the look is announced, and no later one. So an answer reflects at
 * least every record that was announced before it, which is what the standby relies on (see StandbyCopy).
 */
final class Answering implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);
    private static final long NOTHING_NEWER = -1;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** How many looks at the tree have begun, and whether the last of them is under way. */
    record Course(boolean isUnderWay, long looks) {
        static final Course NONE = new Course(false, 0);
    }

    private final PrimaryTree tree;
    private final Connection connection;
    private final LongFunction<Beat> beatAt;
    private final BlockingQueue<ByteBuffer> questions = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("answer").unstarted(this::run);
    private volatile boolean closed;
    private long announced = NOTHING_NEWER;
    private boolean looking;
    private long looks;

    /** @param beatAt the heartbeat that announces an applied position */
    Answering(PrimaryTree tree, Connection connection, LongFunction<Beat> beatAt) {
        this.tree = tree;
        this.connection = connection;
        this.beatAt = beatAt;
    }

    Answering start() {
        thread.start();
        return this;
    }

    /** Returns at once. */
    void ask(ByteBuffer question) {
        questions.add(ByteBuffer.allocate(question.remaining()).put(question).flip());
    }

    /** Up to which record the standby may be told that everything is in the tree. */
    synchronized long announcedSequence() {
        return announced == NOTHING_NEWER ? tree.appliedSequence() : announced;
    }

    synchronized Course course() {
        return new Course(looking, looks);
    }

    private synchronized void looks() {
        announced = tree.appliedSequence();
        looking = true;
        looks++;
    }

    /** To send may take long too, which says nothing of the disk. */
    private synchronized void hasLooked() {
        looking = false;
    }

    private synchronized void hasAnswered() {
        looking = false;
        announced = NOTHING_NEWER;
    }

    private void run() {
        try {
            for (ByteBuffer next = questions.take(); !closed; next = questions.take()) {
                answer(next);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts it", e);
        }
    }

    private void answer(ByteBuffer question) {
        looks();
        try {
            ByteBuffer answer = tree.answer(question);
            hasLooked();
            if (answer != null) {
                // In one piece, and the position behind the answer: the standby may wait for it.
                connection.send(new TreeAnswer(answer), beatAt.apply(tree.appliedSequence()));
            }
        } catch (ConnectionEnded e) {
            LOG.debug("nobody waits for the answer any more: {}", e.getMessage());
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "a question of the standby's was not answered, and it asks again when it connects: {}",
                    e.toString());
            connection.close("a question could not be answered: " + e.getMessage());
        } finally {
            hasAnswered();
        }
    }

    /** A question that is under way is left to itself: its disk may not answer. */
    @Override
    public void close() {
        closed = true;
        questions.add(NOTHING);
    }
}
