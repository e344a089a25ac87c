package org.twinshare.replication;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.Wcc;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.JournalReader;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.Entry;
import org.twinshare.replication.record.EntryCodec;
import org.twinshare.replication.record.MalformedRecord;

/**
 * What came of the calls that were answered before this start, as far as the journal still tells: the next reply cache.
 * Status, ids and counts are those of then, attributes those of now. Filled by recovery, and before it while
 * a standby follows; read by any thread afterwards.
 */
public final class SurvivingOutcomes {
    private final int max;
    private final Map<CallId, Survivor> byCall = new LinkedHashMap<>();
    /** Whose record has this sequence, as long as what follows may say that the record is void. */
    private final Map<Long, CallId> bySequence = new HashMap<>();

    private long upTo;

    /** @param max the newest calls that are kept */
    public SurvivingOutcomes(int max) {
        this.max = max;
    }

    /** Reads what is in a journal behind what was read: while it still grows, so that a takeover has little left to read. */
    public void readOn(Journal journal) throws IOException, RecordsReleased, JournalDamaged, MalformedRecord {
        try (JournalReader reader =
                journal.read(Math.max(upTo + 1, journal.statistics().oldestSequence()))) {
            for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
                add(record, EntryCodec.decode(record));
            }
        }
    }

    /** Up to which record everything was added, or was not in the journal any more. */
    long upTo() {
        return upTo;
    }

    /** The next record; one that was added is left out. */
    void add(JournalRecord record, Entry entry) {
        if (record.sequence() <= upTo) {
            return;
        }
        upTo = record.sequence();
        if (entry instanceof Entry.Voided of) {
            voided(of.sequence(), of.error());
        } else if (entry instanceof Entry.Changed changed && changed.call() != null) {
            changed(record.sequence(), changed.call(), changed.change());
        }
    }

    /** What a reply is made of; 0 for no object. */
    private record Survivor(
            long sequence, @Nullable Errno error, long object, long directory, long otherDirectory, int count) {}

    /** A call made this true, by the record with this sequence. */
    private void changed(long sequence, CallId call, Change change) {
        put(
                sequence,
                call,
                switch (change) {
                    case Change.Made made -> new Survivor(sequence, null, made.object(), made.directory(), 0, 0);
                    case Change.Linked linked ->
                        new Survivor(sequence, null, linked.object(), linked.directory(), 0, 0);
                    case Change.Removed removed -> new Survivor(sequence, null, 0, removed.directory(), 0, 0);
                    case Change.Moved moved ->
                        new Survivor(sequence, null, 0, moved.fromDirectory(), moved.toDirectory(), 0);
                    case Change.Written written ->
                        new Survivor(
                                sequence,
                                null,
                                written.object(),
                                written.object(),
                                0,
                                written.data().remaining());
                    // Of a CREATE that only truncated; a SETATTR may do without attributes too.
                    case Change.AttributesSet set -> new Survivor(sequence, null, set.object(), 0, 0, 0);
                    case Change.Committed unused -> new Survivor(sequence, null, unused.object(), 0, 0, 0);
                    case Change.Nothing unused -> new Survivor(sequence, null, unused.object(), 0, 0, 0);
                });
    }

    /**
     * The call of a record was answered with an error, because what it should have made true could not be carried out. With
     * EAGAIN it was decided anew: what came of that follows, or changed nothing.
     */
    private void voided(long sequence, Errno error) {
        CallId call = bySequence.get(sequence);
        if (call == null) {
            return;
        }
        if (error == Errno.EAGAIN) {
            forget(byCall.remove(call));
        } else {
            byCall.replace(call, new Survivor(sequence, error, 0, 0, 0, 0));
        }
    }

    private void put(long sequence, CallId call, Survivor survivor) {
        bySequence.put(sequence, call);
        forget(byCall.remove(call));
        byCall.put(call, survivor);
        if (byCall.size() > max) {
            forget(byCall.remove(byCall.keySet().iterator().next()));
        }
    }

    private void forget(@Nullable Survivor survivor) {
        if (survivor != null) {
            CallId unused = bySequence.remove(survivor.sequence);
        }
    }

    /** Everything was told that is in the journal. */
    void complete() {
        bySequence.clear();
    }

    int size() {
        return byCall.size();
    }

    /** The outcome of a call, for a reply; null when it is not known. */
    @Nullable Outcome of(CallId call, LocalTree tree) {
        Survivor survivor = byCall.get(call);
        if (survivor == null) {
            return null;
        }
        if (survivor.error != null) {
            return Outcome.failed(survivor.error, Wcc.NONE, Wcc.NONE);
        }
        Attributes attributes = survivor.object == 0 ? null : tree.attributesOf(survivor.object);
        Wcc wcc = after(survivor.directory, tree);
        Wcc otherWcc = after(survivor.otherDirectory, tree);
        return new Outcome(null, survivor.object, attributes, wcc, otherWcc, survivor.count, Stability.FILE_SYNC);
    }

    private static Wcc after(long directory, LocalTree tree) {
        return directory == 0 ? Wcc.NONE : new Wcc(null, tree.attributesOf(directory));
    }
}
