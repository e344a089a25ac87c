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
 * Answers what the standby asks of the tree, one question after the other, on a thread of its own: the disk of the tree may
 * keep it waiting, and neither records nor heartbeats wait with it.
 *
 * <p>While it looks at the tree, the applied position of before the look is announced, and no later one. So an answer reflects at
 * least every record that was announced before it, which is what the standby relies on (see StandbyCopy).
 */
final class Answering implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);
    private static final long NOTHING_NEWER = -1;

    private record Question(Connection from, ByteBuffer encoded) {}

    /** How many looks at the tree have begun, and whether the last of them is under way. */
    record Course(boolean isUnderWay, long looks) {}

    private final PrimaryTree tree;
    private final LongFunction<Beat> beatAt;
    private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("answer").unstarted(this::run);
    private long announced = NOTHING_NEWER;
    private boolean looking;
    private long looks;

    /** @param beatAt the heartbeat that announces an applied position */
    Answering(PrimaryTree tree, LongFunction<Beat> beatAt) {
        this.tree = tree;
        this.beatAt = beatAt;
    }

    void start() {
        thread.start();
    }

    /** Returns at once; the answer goes where the question came from. */
    void ask(Connection from, ByteBuffer question) {
        ByteBuffer copy =
                ByteBuffer.allocate(question.remaining()).put(question).flip();
        questions.add(new Question(from, copy));
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
            while (true) {
                answer(questions.take());
            }
        } catch (InterruptedException e) {
            // It was closed.
        }
    }

    private void answer(Question question) {
        looks();
        try {
            ByteBuffer answer = tree.answer(question.encoded);
            hasLooked();
            if (answer != null) {
                // In one piece, and the position behind the answer: the standby may wait for it.
                question.from.send(new TreeAnswer(answer), beatAt.apply(tree.appliedSequence()));
            }
        } catch (ConnectionEnded e) {
            LOG.debug("nobody waits for the answer any more: {}", e.getMessage());
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "a question of the standby's was not answered, and it asks again when it connects: {}",
                    e.toString());
            question.from.close("a question could not be answered: " + e.getMessage());
        } finally {
            hasAnswered();
        }
    }

    /** A question that is under way is left to itself: its disk may not answer. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
