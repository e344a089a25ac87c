package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;

/**
 * One connection between the two: an ordered stream from the primary, on which one thread ships records, announces the applied
 * position and answers, and the questions the other way. Everything crosses it encoded.
 */
final class Stream implements AutoCloseable {
    private final Twin twin;
    private static final long NOT_LOOKING = -1;

    private final LinkedBlockingQueue<Object> toStandby = new LinkedBlockingQueue<>(64);
    private final LinkedBlockingQueue<byte[]> toPrimary = new LinkedBlockingQueue<>();
    private final CopyAnswers answers;
    private final Thread ship = new Thread(this::ship, "ship");
    private final Thread answer = new Thread(this::answer, "answer");
    private final Thread receive = new Thread(this::receive, "receive");
    final Questions questions = new Questions(this::send);
    final StandbyApply apply;
    final StandbyCopy copy;
    /** After so many answers the connection is cut. */
    volatile long cutAfter;
    /** So many questions can still be sent. */
    volatile long asksLeft = Long.MAX_VALUE;
    /** Records behind this one are shipped, and not carried out. */
    volatile long holdBehind = Long.MAX_VALUE;
    /** What happens on the primary before a question is sent, after the answers to those before it have come or not. */
    volatile Consumer<Ask> beforeAsk = unused -> {};
    /** One of both trees is changed by something else than records. */
    volatile boolean expectsDivergences;
    /** Bytes that records refer to get lost. */
    volatile boolean losesData;

    /** By the thread that answers. */
    private long answered;
    /** The applied position of before a look that is under way. */
    private final AtomicLong looking = new AtomicLong(NOT_LOOKING);

    private volatile boolean ended;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicReference<Thread> follower = new AtomicReference<>();

    private record Applied(long sequence) {}

    private record Data(long sequence, long object, long offsetBytes, ByteBuffer bytes) {}

    Stream(Twin twin, long cutAfter, CopyLimits limits) {
        this.twin = twin;
        this.cutAfter = cutAfter;
        answers = new CopyAnswers(
                twin.primaryTree.view(), twin.primaryTree.view()::roots, twin.primary::appliedSequence, e -> e);
        apply = new StandbyApply(twin.standbyTree, twin.standbyJournal, twin.base.resolve("s/state"), why -> {
                    throw new AssertionError(why);
                })
                .start();
        copy = new StandbyCopy(twin.standbyTree, twin.standbyJournal, apply, questions, limits, InstantSource.system());
        ship.start();
        answer.start();
        receive.start();
    }

    /** Questions are sent one after the other. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void send(Ask ask) throws IOException {
        if (asksLeft-- <= 0) {
            throw new IOException("the question could not be sent");
        }
        beforeAsk.accept(ask);
        toPrimary.add(ask.encode());
    }

    private void ship() {
        Journal journal = twin.primary.journal();
        try (JournalReader reader = journal.read(twin.standbyJournal.lastSequence() + 1)) {
            while (!ended) {
                for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                    ByteBuffer body = ByteBuffer.allocate(record.body().remaining())
                            .put(record.body().duplicate())
                            .flip();
                    if (EntryCodec.decode(record) instanceof Entry.Referenced of) {
                        shipData(record.sequence(), of);
                    }
                    toStandby.put(new JournalRecord(
                            record.sequence(),
                            record.epoch(),
                            record.type(),
                            record.timeNs(),
                            record.namespaceChecksum(),
                            body));
                }
                long announced = looking.get();
                toStandby.put(new Applied(announced == NOT_LOOKING ? twin.primary.appliedSequence() : announced));
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            // It was cut.
        } catch (Exception e) {
            fail(e);
        }
    }

    /** As the server does, beside the thread that ships: nothing newer is announced from before the look to behind the answer. */
    private void answer() {
        try {
            while (!ended) {
                byte[] ask = toPrimary.take();
                if (answered++ >= cutAfter) {
                    cut();
                    return;
                }
                looking.set(twin.primary.appliedSequence());
                toStandby.put(answers.answer(Ask.decode(ask)).encode());
                toStandby.put(new Applied(twin.primary.appliedSequence()));
                looking.set(NOT_LOOKING);
            }
        } catch (InterruptedException e) {
            // It was cut.
        } catch (Exception e) {
            fail(e);
        }
    }

    private void shipData(long sequence, Entry.Referenced of) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocateDirect(of.count());
        try {
            int unusedCount = twin.primaryTree.view().read(of.object(), of.offsetBytes(), bytes);
            toStandby.put(new Data(sequence, of.object(), of.offsetBytes(), bytes.flip()));
        } catch (ErrnoException e) {
            // It is gone by now.
        }
    }

    private void receive() {
        Journal journal = twin.standbyJournal;
        long primaryApplied = 0;
        boolean isNew = true;
        try {
            while (!ended) {
                Object next = toStandby.poll(1, TimeUnit.MILLISECONDS);
                if (next instanceof JournalRecord record) {
                    journal.appendCopy(record);
                    isNew = true;
                } else if (next instanceof Data data && !losesData) {
                    apply.data(data.sequence, data.object, data.offsetBytes, data.bytes);
                } else if (next instanceof Applied applied) {
                    primaryApplied = applied.sequence;
                    if (isNew) {
                        journal.awaitDurable(journal.lastSequence());
                    }
                    apply.mayApply(Math.min(holdBehind, Math.min(primaryApplied, journal.durableSequence())));
                    if (isNew && holdBehind == Long.MAX_VALUE) {
                        apply.syncData(journal.lastSequence());
                    }
                    isNew = false;
                } else if (next instanceof byte[] answer) {
                    questions.answered(Answer.decode(answer));
                }
            }
        } catch (InterruptedException e) {
            // It was cut.
        } catch (Exception e) {
            fail(e);
        }
    }

    /** Lets the standby follow from now on, on a thread of its own. */
    void follow() {
        follower.set(Thread.startVirtualThread(() -> {
            try {
                copy.follow();
            } catch (IOException e) {
                // Where the test does not end the connection itself, it waits for something that does not come.
                fail(e);
            }
        }));
    }

    /** Copies the tree, lets the standby follow from now on, and returns when it has everything. */
    void copyAndFollow() throws IOException {
        copy.copyAll(1);
        follow();
        awaitCaughtUp();
    }

    private void fail(Exception why) {
        failure.compareAndSet(null, why);
        copy.end(new IOException(why));
    }

    boolean hasBeenCut() {
        return ended;
    }

    /** Why the connection has ended by itself; null while it has not. */
    @Nullable Exception why() {
        return failure.get();
    }

    /** Copies the tree; where that fails the connection ends. */
    void copyAll() {
        try {
            copy.copyAll(1);
        } catch (IOException e) {
            fail(e);
        }
    }

    private void checkConnection() {
        Exception why = failure.get();
        if (why != null) {
            throw new AssertionError("the connection has ended", why);
        }
    }

    /** Whether everything is here up to a record. */
    boolean has(long last) {
        return apply.appliedSequence() >= last && apply.isComplete();
    }

    /** Returns when everything is here that the primary has now. */
    void awaitCaughtUp() {
        // Behind it there is nothing but what the journal writes for itself.
        long last = twin.primary.appliedSequence();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    checkConnection();
                    return has(last);
                });
    }

    /** Returns when everything is in the standby's journal that is in the primary's tree now. */
    void awaitShipped() {
        long last = twin.primary.appliedSequence();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    checkConnection();
                    return twin.standbyJournal.durableSequence() >= last;
                });
    }

    /** Returns when everything is here, where it is as on the primary: the tree, and the index of it. */
    void assertCatchesUp() throws Exception {
        awaitCaughtUp();
        Trees.assertEqual(twin);
        Trees.assertIndexed(twin);
    }

    void cut() {
        ended = true;
        copy.end(new IOException("the connection was cut"));
    }

    @Override
    public void close() throws Exception {
        cut();
        ship.interrupt();
        answer.interrupt();
        receive.interrupt();
        ship.join();
        answer.join();
        receive.join();
        // What follows on the next connection has the tree to itself, as the server sees to.
        Thread follows = follower.get();
        if (follows != null) {
            follows.join();
        }
        apply.close();
        twin.standbyTree.copy().close();
        assertThat(expectsDivergences ? 0 : apply.divergences().state().found())
                .as(apply.divergences().state().last())
                .isZero();
    }
}
