package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.replication.FilesInDoubt;

/**
 * What is known to be missing in the standby's tree: bytes of files, and entries of directories. Kept with each checkpoint, so
 * that a start after any end goes on with it. Thread-safe.
 */
final class KnownGaps {
    private static final String TO_LIST = "to-list";
    private static final String TO_COMPARE = "to-compare";

    private final LocalTree tree;
    private final FetchedAhead ahead = new FetchedAhead();
    private final Backlog files;
    private final Backlog toCompare;
    private final Set<Long> directories = ConcurrentHashMap.newKeySet();
    /** Files whose committed bytes are not here. */
    private final Map<Long, Promise> promised = new ConcurrentHashMap<>();
    /** Of the files that are being fetched; by the thread that fetches. */
    private Map<Long, Promise> promisedAtBegin = Map.of();

    /**
     * What a COMMIT has promised of a file.
     *
     * @param sequence       of its record, from which on that can be told of the file itself
     * @param syncedSequence everything that was done to the file up to this record is promised
     */
    record Promise(long sequence, long syncedSequence) {
        /** Of a file of which it is not known what was committed. */
        private static final Promise UNKNOWN = new Promise(0, 0);

        private Promise and(Promise other) {
            return new Promise(Math.max(sequence, other.sequence), Math.max(syncedSequence, other.syncedSequence));
        }
    }

    KnownGaps(LocalTree tree) {
        this.tree = tree;
        files = new Backlog(FilesInDoubt.of(tree));
        toCompare = new Backlog(FilesInDoubt.decode(tree.fact(TO_COMPARE)));
        directories.addAll(FilesInDoubt.decode(tree.fact(TO_LIST)));
        // What of them was committed is not known any more.
        files.all().forEach(file -> promised.put(file, Promise.UNKNOWN));
    }

    /** Files whose bytes have not all come. */
    Backlog files() {
        return files;
    }

    /** Objects that a local process changed on the primary. The copy is a complete one of what records tell without them. */
    Backlog toCompare() {
        return toCompare;
    }

    /** Files that were fetched before their records are carried out. */
    FetchedAhead ahead() {
        return ahead;
    }

    /**
     * What is here, or about to be made, and is not whole: directories whose entries have not come, and files whose bytes may be
     * other ones. Durable when this returns.
     */
    void add(Collection<Long> unlisted, Collection<Long> toFetch) throws ErrnoException {
        boolean known = directories.containsAll(unlisted) && files.all().containsAll(toFetch);
        directories.addAll(unlisted);
        files.addAll(toFetch);
        if (!known) {
            tree.checkpoint(facts(Map.of(), Set.of()));
        }
    }

    /** Of those, the directories that are here. */
    List<Long> toList() throws IOException {
        List<Long> here = new ArrayList<>();
        try {
            for (long id : directories) {
                if (tree.copy().isDirectory(id)) {
                    here.add(id);
                }
            }
        } catch (ErrnoException e) {
            throw new IOException("which directories are here cannot be told: " + e.getMessage(), e);
        }
        directories.retainAll(here);
        return here;
    }

    void listed(Collection<Long> ids) {
        directories.removeAll(ids);
    }

    boolean areAllListed() {
        return directories.isEmpty();
    }

    /** The whole tree was listed. */
    void allListed() {
        directories.clear();
    }

    /**
     * Of a file, bytes that a record says are durable are not here. Fetched now where the file is here, because that record may
     * not be carried out before replies are given that wait for them; otherwise when it is carried out.
     */
    void lacks(long file, Promise promise, boolean isHere) {
        promised.merge(file, promise, Promise::and);
        if (isHere) {
            files.add(file);
        }
    }

    /** Of what records behind a position promised, the files that are here are fetched now: nothing was before the tree was bound. */
    void fetchWhatIsHere(long position, LongPredicate isHere) {
        promised.forEach((file, promise) -> {
            if (promise.sequence > position && isHere.test(file)) {
                files.add(file);
            }
        });
    }

    /**
     * Takes the files that are to be fetched; what is promised of them by now is here when they were.
     *
     * @param may whether the tree may be changed; none is taken otherwise
     */
    Set<Long> beginFetch(boolean may) {
        Set<Long> begun = may ? files.begin() : Set.of();
        promisedAtBegin = new HashMap<>(promised);
        promisedAtBegin.keySet().retainAll(begun);
        // From before a restart: it may be many files, and no record waits for them.
        promisedAtBegin.values().removeIf(Promise.UNKNOWN::equals);
        ahead.begin(begun);
        return begun;
    }

    /** Whether a file that was fetched has what was promised. */
    interface Has {
        boolean has(long file, Promise promise);
    }

    /** They were fetched. What was promised of them since they were begun is not kept by that. */
    void fetched(Has has) {
        promisedAtBegin.forEach((file, promise) -> {
            if (has.has(file, promise)) {
                promised.remove(file, promise);
            }
        });
    }

    /** Whether all bytes are here that records say are durable, as far as these are carried out up to a position. */
    boolean hasWhatWasPromised(long applied) {
        promised.entrySet().removeIf(each -> each.getValue().sequence() <= applied && !files.contains(each.getKey()));
        return promised.isEmpty();
    }

    boolean isEmpty() {
        return files.isEmpty() && directories.isEmpty();
    }

    /**
     * For a checkpoint.
     *
     * @param others    what else it keeps
     * @param openFiles files that are written to, and whose bytes have not all come
     */
    Map<String, byte[]> facts(Map<String, byte[]> others, Set<Long> openFiles) {
        Set<Long> toFetch = new HashSet<>(files.all());
        toFetch.addAll(openFiles);
        Map<String, byte[]> facts = new HashMap<>(others);
        facts.putAll(FilesInDoubt.fact(toFetch));
        facts.put(TO_COMPARE, FilesInDoubt.encode(toCompare.all()));
        facts.put(TO_LIST, FilesInDoubt.encode(Set.copyOf(directories)));
        return facts;
    }
}
