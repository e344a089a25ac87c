package org.twinshare.replication;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFull;
import org.twinshare.replication.journal.Position;
import org.twinshare.replication.namespace.NamespaceChecksum;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;

/**
 * Appends entries to the journal, lets the changes of one object be carried out in the order of the journal, and knows up to
 * where all of them are. Thread-safe; who waits holds no monitor, so virtual threads may.
 */
final class Appender {
    private final Journal journal;
    private final ReentrantLock lock = new ReentrantLock();
    /** Changes that are not carried out yet, by the objects whose order counts. */
    private final Map<Long, Deque<Ticket>> queues = new HashMap<>();
    /** The same, in the order of the journal; those that are done stay until all before them are. */
    private final Deque<Ticket> underWay = new ArrayDeque<>();

    private long lastAppended;
    private final AtomicLong bytes = new AtomicLong();

    Appender(Journal journal) {
        this.journal = journal;
        lastAppended = journal.lastSequence();
    }

    /** The place of a change in the journal, from the moment that it has one until it is carried out. */
    final class Ticket {
        final Position position;
        private final long[] objects;
        private final Condition turn = lock.newCondition();
        private boolean done;
        /** Of the record that says that this one is void, or 0. */
        private long voidedBy;

        private Ticket(Position position, long... objects) {
            this.position = position;
            this.objects = objects;
        }
    }

    /**
     * Appends a change that {@link #awaitTurn} and {@link #applied} are to follow.
     *
     * @param checksum what it adds to the namespace checksum
     * @param objects whose changes must be carried out in the order of the journal
     */
    Ticket append(Entry entry, long checksum, long... objects) throws JournalFull {
        var body = EntryCodec.encode(entry);
        lock.lock();
        try {
            Ticket ticket = new Ticket(journal.append(EntryCodec.type(entry), checksum, body), objects);
            lastAppended = ticket.position.sequence();
            bytes.addAndGet(body.remaining());
            underWay.add(ticket);
            for (long object : objects) {
                queues.computeIfAbsent(object, unused -> new ArrayDeque<>()).add(ticket);
            }
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /** Appends what is carried out already, or needs not be, and touches nothing; returns its sequence. */
    long note(Entry entry) throws JournalFull {
        return note(entry, NamespaceChecksum.NOTHING);
    }

    /** The same of what touches an object. */
    long note(Entry entry, long checksum) throws JournalFull {
        var body = EntryCodec.encode(entry);
        lock.lock();
        try {
            lastAppended =
                    journal.append(EntryCodec.type(entry), checksum, body).sequence();
            bytes.addAndGet(body.remaining());
            return lastAppended;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when every earlier change of the same objects is carried out. */
    void awaitTurn(Ticket ticket) {
        lock.lock();
        try {
            for (long object : ticket.objects) {
                Deque<Ticket> queue = queues.get(object);
                while (queue != null && queue.peek() != ticket) {
                    ticket.turn.awaitUninterruptibly();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** A change is carried out, or is void. */
    void applied(Ticket ticket) {
        lock.lock();
        try {
            for (long object : ticket.objects) {
                leave(object, ticket);
            }
            ticket.done = true;
            // A void record and the one that says so are passed together: who follows looks for it no further.
            while (!underWay.isEmpty() && underWay.element().done && isPassable(underWay.element())) {
                underWay.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isPassable(Ticket ticket) {
        return ticket.voidedBy == 0
                || underWay.stream()
                        .takeWhile(other -> other.position.sequence() < ticket.voidedBy)
                        .allMatch(other -> other.done);
    }

    /** A record, which is appended already, says that a change is void. */
    void voided(Ticket ticket, long by) {
        lock.lock();
        try {
            ticket.voidedBy = by;
        } finally {
            lock.unlock();
        }
    }

    private void leave(long object, Ticket ticket) {
        Deque<Ticket> queue = queues.get(object);
        if (queue == null) {
            return;
        }
        queue.remove(ticket);
        Ticket next = queue.peek();
        if (next == null) {
            queues.remove(object);
        } else {
            next.turn.signal();
        }
    }

    /** Up to which sequence everything is carried out. What others append, and is durable, needs not be. */
    long appliedSequence() {
        lock.lock();
        try {
            Ticket oldest = underWay.peek();
            return oldest == null ? Math.max(lastAppended, journal.durableSequence()) : oldest.position.sequence() - 1;
        } finally {
            lock.unlock();
        }
    }

    /** Up to which sequence everything that is about one object is carried out. */
    long appliedSequenceOf(long object) {
        lock.lock();
        try {
            Deque<Ticket> queue = queues.get(object);
            return queue == null || queue.isEmpty()
                    ? lastAppended
                    : queue.element().position.sequence() - 1;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes appended since the start, without headers. */
    long bytes() {
        return bytes.get();
    }
}
