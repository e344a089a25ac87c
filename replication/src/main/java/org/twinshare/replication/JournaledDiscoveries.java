package org.twinshare.replication;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.identity.ObjectRecord;
import org.twinshare.filestore.local.Discoveries;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalFull;
import org.twinshare.replication.record.Entry;

/**
 * Writes ids that were given to objects found into the journal, those of one directory together, before a client hears of
 * them and before a change of them is written; and what local processes changed, some time after it was found. Thread-safe.
 */
final class JournaledDiscoveries implements Discoveries {
    private static final Name NO_NAME = noName();

    private final Journal journal;
    private final Appender appender;
    private final LocalChangesFound changes;
    private final Map<Long, List<Entry.AdoptedObject>> waiting = new LinkedHashMap<>();
    private int waitingObjects;
    private volatile long lastFound;
    private volatile long lastAppended;
    private long appendedSequence;
    private volatile long lastKept;

    JournaledDiscoveries(Journal journal, Appender appender, LocalChangesFound changes) {
        this.journal = journal;
        this.appender = appender;
        this.changes = changes;
    }

    private static Name noName() {
        try {
            return Name.of(new byte[] {'.'}, 0, 1);
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public synchronized long found(ObjectRecord record, long indexVersion) {
        Link link = record.link();
        long directory = link == null ? 0 : link.directory();
        waiting.computeIfAbsent(directory, unused -> new ArrayList<>())
                .add(new Entry.AdoptedObject(
                        record.id(),
                        link == null ? NO_NAME : link.name(),
                        record.type(),
                        record.inode(),
                        record.birthNs(),
                        record.changeNs()));
        waitingObjects++;
        return ++lastFound;
    }

    @Override
    public long changed(long indexVersion) {
        return KEPT;
    }

    @Override
    public long loaded(long indexVersion) {
        return lastFound;
    }

    @Override
    public boolean isKept(long number) {
        return number <= lastKept;
    }

    @Override
    public void keep(long number) throws ErrnoException {
        try {
            append();
        } catch (JournalFull e) {
            throw new ErrnoException(Errno.TRY_LATER, String.valueOf(e.getMessage()));
        }
        long upTo;
        long sequence;
        synchronized (this) {
            upTo = lastAppended;
            sequence = appendedSequence;
        }
        journal.awaitDurable(sequence);
        synchronized (this) {
            lastKept = Math.max(lastKept, upTo);
        }
    }

    @Override
    public void changedLocally(long object) {
        changes.found(object);
    }

    @Override
    public boolean wantsLocalChanges() {
        return changes.areWanted();
    }

    @Override
    public void tidy() {
        changes.tell(appender::note);
    }

    /** Appends everything found so far: what is appended next may be about it. */
    void append() throws JournalFull {
        if (lastAppended != lastFound) {
            appendWaiting();
        }
    }

    private synchronized void appendWaiting() throws JournalFull {
        for (var batches = waiting.entrySet().iterator(); batches.hasNext(); ) {
            Map.Entry<Long, List<Entry.AdoptedObject>> batch = batches.next();
            List<Entry.AdoptedObject> objects = batch.getValue();
            for (int begin = 0; begin < objects.size(); begin += Entry.MAX_ADOPTED) {
                int end = Math.min(objects.size(), begin + Entry.MAX_ADOPTED);
                appendedSequence = appender.note(new Entry.Adopted(batch.getKey(), objects.subList(begin, end)));
            }
            waitingObjects -= objects.size();
            batches.remove();
        }
        lastAppended = lastFound;
    }

    /** Objects found that are not in the journal yet. */
    synchronized int waiting() {
        return waitingObjects;
    }
}
