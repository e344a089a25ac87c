package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;

/**
 * The questions of one connection that are not answered yet. The thread that receives calls {@link #answered}
 * and {@link #ended}. What an answer brings is put into the tree by that thread, before it looks at what comes behind the
 * answer: so no record that is announced later is carried out before.
 */
public final class Questions {
    private static final int MAX_OPEN = 64;
    private static final long MAX_OPEN_BYTES = 8 << 20;

    /** The way to the primary. */
    public interface Way {
        void send(Ask ask) throws IOException;
    }

    /** Takes an answer in; it must not ask. */
    interface Taker {
        void take(Answer answer) throws IOException, ErrnoException;
    }

    private record Open(Ask ask, Taker taker) {
        int bytes() {
            return ask instanceof Ask.Bytes of ? of.count() : 0;
        }
    }

    private final Way way;
    /** Held from the place in the order to the sending: any thread may ask but the one that receives. */
    private final ReentrantLock sending = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();
    private final Deque<Open> open = new ArrayDeque<>();
    private long openBytes;
    private volatile long applied;
    private @Nullable IOException failed;

    public Questions(Way way) {
        this.way = way;
    }

    /** Asks; waits while too much is open. */
    void ask(Ask ask, Taker taker) throws IOException {
        Open next = new Open(ask, taker);
        sending.lock();
        try {
            open(next);
            way.send(ask);
        } finally {
            sending.unlock();
        }
    }

    private void open(Open next) throws IOException {
        lock.lock();
        try {
            while (failed == null
                    && (open.size() >= MAX_OPEN || openBytes > 0 && openBytes + next.bytes() > MAX_OPEN_BYTES)) {
                answered.awaitUninterruptibly();
            }
            checkNotFailed();
            open.add(next);
            openBytes += next.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** Returns when everything that was asked is answered and taken in. */
    void drain() throws IOException {
        lock.lock();
        try {
            while (!open.isEmpty() && failed == null) {
                answered.awaitUninterruptibly();
            }
            checkNotFailed();
        } finally {
            lock.unlock();
        }
    }

    /** Asks, and waits for the answer. */
    void askNow(Ask ask, Taker taker) throws IOException {
        ask(ask, taker);
        drain();
    }

    /** A position that the primary has applied now, and that is no earlier than anything that was answered. */
    long position() throws IOException {
        askNow(new Ask.Roots(), unused -> {});
        return applied;
    }

    private void checkNotFailed() throws IOException {
        if (failed != null) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    /** The next answer has come. */
    public void answered(Answer answer) {
        Open next;
        lock.lock();
        try {
            next = open.peek();
        } finally {
            lock.unlock();
        }
        if (next == null) {
            ended(new MalformedQuestion("an answer to nothing"));
            return;
        }
        try {
            applied = Math.max(applied, answer.applied());
            if (answer instanceof Answer.Failed of) {
                throw new IOException("the primary cannot read its tree: " + of.why());
            }
            next.taker.take(answer);
        } catch (IOException e) {
            ended(e);
        } catch (ErrnoException e) {
            ended(new IOException("what the primary has cannot be put into the tree here: " + e.getMessage(), e));
        } catch (RuntimeException e) {
            ended(new IOException("an answer of the primary could not be taken in: " + e, e));
        }
        lock.lock();
        try {
            open.poll();
            openBytes -= next.bytes();
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is answered any more. */
    public void ended(IOException why) {
        lock.lock();
        try {
            if (failed == null) {
                failed = why;
            }
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
