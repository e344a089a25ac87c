package org.twinshare.replication.copy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.Touched;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.channel.Data;
import org.twinshare.replication.journal.JournalRecord;
import org.twinshare.replication.namespace.NamespaceChecksum;
import org.twinshare.replication.record.Entry;

/**
 * Carries out one record on the standby's tree. One thread, but for {@link #makeDurable} and {@link #fetched}, which never come
 * in between.
 */
final class RecordWork {
    private static final Logger LOG = LoggerFactory.getLogger(RecordWork.class);
    /** What is forgotten is fetched once more. */
    private static final int MOST_WHOLE = 1000;

    private final LocalTree tree;
    private final ArrivedData arrived;
    private final Backlog toFetch;
    private final Backlog toCompare;
    private final FetchedAhead ahead;
    private final Divergences divergences;
    /** Files that are written to, and not committed since. */
    private final Map<Long, Came> hot = new ConcurrentHashMap<>();
    /** Files of which everything had come when they were last committed; a client sends several COMMITs at once. */
    private final Set<Long> whole = Collections.synchronizedSet(new LinkedHashSet<>());

    /** What is written has to be direct; guarded by this. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(Data.MAX_BYTES);

    /** The last record, guarded by this. */
    private long carriedOut;

    /** What came of the bytes of a file that are not in the journal. */
    private enum Came {
        /** Nothing, and perhaps there was nothing. */
        NOTHING,
        ALL,
        /** Not all of them. */
        SOME
    }

    RecordWork(LocalTree tree, ArrivedData arrived, KnownGaps gaps, Divergences divergences) {
        this.tree = tree;
        this.arrived = arrived;
        this.toFetch = gaps.files();
        this.toCompare = gaps.toCompare();
        this.ahead = gaps.ahead();
        this.divergences = divergences;
    }

    /**
     * An error means that it is not done, and that something is not here or not as it should be.
     *
     * @param checksum how what it touches is afterwards on the primary
     */
    synchronized void carryOut(JournalRecord record, Entry entry, long checksum) throws ErrnoException {
        switch (entry) {
            case Entry.Changed changed -> apply(record.sequence(), changed.change());
            case Entry.Adopted adopted -> requireHere(adopted);
            case Entry.Hot file -> hot.putIfAbsent(file.object(), Came.NOTHING);
            case Entry.Referenced file -> write(record, file);
            case Entry.Committed committed -> commit(record.sequence(), committed);
            case Entry.InDoubt of -> toFetch.addAll(of.files());
            case Entry.ChangedLocally of -> toCompare.addAll(of.objects());
            case Entry.Voided unused -> {}
            case Entry.Checkpoint unused -> {}
            case Entry.Alone unused -> {}
            case Entry.Marker unused -> {}
        }
        arrived.forget(record.sequence());
        carriedOut = record.sequence();
        compare(record.sequence(), entry, checksum);
    }

    private void compare(long sequence, Entry entry, long there) throws ErrnoException {
        List<Long> ids = there == NamespaceChecksum.NOTHING ? List.of() : touchedBy(entry);
        List<Touched> here = new ArrayList<>(ids.size());
        for (long id : ids) {
            Touched touched = tree.copy().touched(id);
            if (touched == null) {
                return;
            }
            here.add(isHot(id) ? touched.unsettled() : touched);
        }
        if (!NamespaceChecksum.agree(there, NamespaceChecksum.of(here))) {
            divergences.suspect(ids, sequence);
        }
    }

    private static List<Long> touchedBy(Entry entry) {
        return switch (entry) {
            case Entry.Changed changed -> Touched.idsOf(changed.change());
            case Entry.Committed committed -> List.of(committed.object());
            default -> List.of();
        };
    }

    private void apply(long sequence, Change change) throws ErrnoException {
        requireAsDecided(change);
        boolean isHere = passesOver(FetchedAhead.fileOf(change), sequence);
        var unusedOutcome = tree.apply(isHere ? FetchedAhead.withoutBytes(change) : change);
        if (change instanceof Change.Removed removed) {
            hot.remove(removed.object());
        } else if (change instanceof Change.Moved moved) {
            hot.remove(moved.replaced());
        }
    }

    /** Whether what a record does to the bytes of a file is in it already; otherwise it is about to be done. */
    private boolean passesOver(long file, long sequence) {
        boolean isHere = ahead.has(file, sequence);
        if (!isHere) {
            ahead.disturb(file);
        }
        return isHere;
    }

    /**
     * What came by a copy may be ahead of the records, and what has a name then may be another object: repeating the change
     * blindly would move or remove that.
     */
    private void requireAsDecided(Change change) throws ErrnoException {
        switch (change) {
            case Change.Made made -> {
                if (tree.copy().has(made.object())) {
                    throw new ErrnoException(Errno.EEXIST, "object " + made.object() + " is here already");
                }
            }
            case Change.Removed removed -> requireOwner(removed.directory(), removed.name(), removed.object());
            case Change.Moved moved -> {
                requireOwner(moved.fromDirectory(), moved.fromName(), moved.object());
                requireOwner(moved.toDirectory(), moved.toName(), moved.replaced());
            }
            case Change.Linked unused -> {}
            case Change.AttributesSet unused -> {}
            case Change.Written unused -> {}
            case Change.Committed unused -> {}
            case Change.Nothing unused -> {}
        }
    }

    private void requireOwner(long directory, Name name, long object) throws ErrnoException {
        NetState.Slot slot = new NetState.Slot(directory, name);
        long here = tree.copy().at(slot);
        if (here != object || object == 0 && tree.copy().isTaken(slot)) {
            throw new ErrnoException(Errno.ESTALE, name + " is of object " + here + " and not of " + object);
        }
    }

    private void requireHere(Entry.Adopted adopted) throws ErrnoException {
        for (Entry.AdoptedObject object : adopted.objects()) {
            if (!tree.copy().has(object.id())) {
                throw new ErrnoException(Errno.ESTALE, "object " + object.id() + " was found on the primary");
            }
        }
    }

    private void write(JournalRecord record, Entry.Referenced file) throws ErrnoException {
        List<ArrivedData.Part> parts = arrived.of(record.sequence());
        boolean isHere = parts.isEmpty()
                ? ahead.has(file.object(), record.sequence())
                : passesOver(file.object(), record.sequence());
        // Also where nobody commits them: a checkpoint of the primary leaves the file with it, and no record tells it
        // again.
        boolean timed = file.modifyNs() != Change.KEEP_LONG;
        long modifyNs = timed ? file.modifyNs() : record.timeNs();
        long changeNs = timed ? file.changeNs() : record.timeNs();
        int came = 0;
        for (ArrivedData.Part part : parts) {
            ByteBuffer bytes = isHere ? FetchedAhead.NO_BYTES.duplicate() : part.bytes(memory);
            if (bytes == null) {
                continue;
            }
            came += part.count();
            tree.copy().writeUncommitted(file.object(), part.offsetBytes(), bytes, file.mode(), modifyNs, changeNs);
        }
        boolean all = came >= file.count() || isHere;
        hot.merge(file.object(), all ? Came.ALL : Came.SOME, (before, now) -> before == Came.SOME ? before : now);
        if (!all) {
            toFetch.add(file.object());
        }
    }

    private void written(long sequence, Entry.Committed committed, Entry.Range range) throws ErrnoException {
        ByteBuffer bytes = range.data();
        ByteBuffer roomy =
                bytes.remaining() <= memory.capacity() ? memory.clear() : ByteBuffer.allocateDirect(bytes.remaining());
        ByteBuffer direct = roomy.put(bytes.duplicate()).flip();
        apply(
                sequence,
                new Change.Written(
                        committed.changeNs(),
                        committed.object(),
                        range.offsetBytes(),
                        direct,
                        Stability.UNSTABLE,
                        Change.KEEP));
    }

    private void commit(long sequence, Entry.Committed committed) throws ErrnoException {
        long object = committed.object();
        Came sinceThen = hot.remove(object);
        long synced = committed.syncedSequence();
        boolean isHere = synced > 0 && sinceThen != Came.SOME && ahead.has(object, synced);
        boolean came = hasCome(object, isHere ? Came.ALL : sinceThen);
        ahead.reached(object, synced);
        if (!tree.copy().has(object)) {
            // Removed before it was committed: nothing is left to do.
            return;
        }
        for (Entry.Range range : committed.ranges()) {
            written(sequence, committed, range);
        }
        tree.copy().settled(object, committed.modifyNs(), committed.changeNs());
        if (synced > 0 && !came) {
            // Before whoever fetches hears of the file, and may have given it its mtime back.
            tree.copy().unfinished(object);
            toFetch.add(object);
        }
    }

    /** Whether a file that is committed has everything: also where nothing was written since it had, and was committed. */
    private boolean hasCome(long object, @Nullable Came sinceThen) {
        boolean before = whole.remove(object);
        boolean came = sinceThen == Came.ALL || before && sinceThen != Came.SOME;
        if (came) {
            synchronized (whole) {
                if (whole.size() == MOST_WHOLE) {
                    whole.remove(whole.iterator().next());
                }
                whole.add(object);
            }
        }
        return came;
    }

    /** Whether the bytes of a file are on their way, or may be: nothing can be said of them. */
    boolean isHot(long object) {
        return hot.containsKey(object) || toFetch.contains(object) || ahead.upTo(object) > 0;
    }

    /** Files that may hold bytes on the primary which did not come, and which nobody has committed. */
    Set<Long> incomplete() {
        Set<Long> incomplete = new HashSet<>();
        hot.forEach((object, came) -> {
            if (came != Came.ALL) {
                incomplete.add(object);
            }
        });
        return incomplete;
    }

    /** Files that were written to, and of which nobody has committed everything. */
    Set<Long> uncommitted() {
        return Set.copyOf(hot.keySet());
    }

    /** Records were left out: of the files that are written to, not everything may have come. */
    void leftOut() {
        hot.replaceAll((object, came) -> came == Came.ALL ? Came.SOME : came);
        whole.clear();
        ahead.clear();
    }

    /** Whether bytes that a record refers to have come; those of one that was carried out are given up. */
    boolean haveCome(long sequence, int count) {
        return arrived.bytesOf(sequence) >= count || isCarriedOut(sequence);
    }

    private synchronized boolean isCarriedOut(long sequence) {
        return sequence <= carriedOut;
    }

    /** Whether a file is here; so it is too where the disk does not tell. */
    boolean isHere(long object) {
        try {
            return tree.copy().has(object);
        } catch (ErrnoException e) {
            // Whoever makes it durable is told the error.
            return true;
        }
    }

    /** The bytes of a file that came are on disk when this returns; false where the file is not here. */
    boolean makeDurable(long object) throws ErrnoException {
        try {
            boolean here = writeAhead(object);
            if (here) {
                tree.copy().sync(object);
            }
            return here;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESTALE) {
                // A record behind the one that asks was carried out meanwhile, and removed it.
                return false;
            }
            throw e;
        }
    }

    /**
     * A file was fetched because of a COMMIT: its bytes are on disk when this returns, and count as come. False where they do
     * not: the disk does not take them, or its record was carried out meanwhile, and has seen to it; or another record has
     * changed them, and the file is to be fetched again.
     */
    boolean fetched(long object, KnownGaps.Promise promise) {
        try {
            tree.copy().sync(object);
            return countAsCome(object, promise);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                LOG.warn("file {} was fetched, and cannot be made durable: {}", object, e.getMessage());
            }
            if (e.takesNothing()) {
                // It is compared with what the disk has, and synced once more.
                toFetch.add(object);
            }
            return false;
        }
    }

    private synchronized boolean countAsCome(long object, KnownGaps.Promise promise) {
        if (isCarriedOut(promise.sequence())) {
            return false;
        }
        boolean whole = ahead.fetched(object, promise.syncedSequence());
        if (!whole) {
            toFetch.add(object);
        }
        return whole;
    }

    /** Writes what has come for a file and is not carried out yet, in its order; false where the file is not here. */
    private synchronized boolean writeAhead(long object) throws ErrnoException {
        if (!tree.copy().has(object)) {
            return false;
        }
        for (ArrivedData.Part part : arrived.ofObject(object, ahead.upTo(object))) {
            ByteBuffer bytes = part.bytes(memory);
            if (bytes != null) {
                ahead.disturb(object);
                tree.copy().write(object, part.offsetBytes(), bytes);
            }
        }
        return true;
    }
}
