package org.twinshare.replication.copy;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeCopy;
import org.twinshare.replication.Recovery;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.journal.JournalDamaged;
import org.twinshare.replication.journal.RecordsReleased;
import org.twinshare.replication.record.MalformedRecord;

/**
 * Brings a tree from one position to a later one in one step, by {@link Recovery}: after a copy, when an object is missing,
 * and in going back from a fork. What the records are about and is not here is described by the primary; records that it had
 * not carried out for sure when it was asked come over that. One thread, while nothing else changes the tree.
 */
final class CatchUp {
    private final LocalTree tree;
    private final TreeCopy copy;
    private final Journal journal;
    private final Questions questions;
    private final KnownGaps gaps;
    private final Wait awaitMayApply;
    private final InstantSource clock;
    private final Map<Long, ObjectDescription> described = new LinkedHashMap<>();
    private final Map<Slot, Long> owners = new HashMap<>();
    /** Where directories are here, and on the primary no longer. */
    private final Set<Slot> left = new HashSet<>();

    private final Set<Long> asked = new HashSet<>();
    private final Set<Long> missing = new HashSet<>();
    /** All that was told reflects the records up to this one, at the least. */
    private long toldAt;

    /** Waits until records up to a position may be carried out here. */
    interface Wait {
        void until(long sequence) throws IOException;
    }

    /** @param awaitMayApply returns when records up to a position may be carried out here */
    CatchUp(
            LocalTree tree,
            Journal journal,
            Questions questions,
            KnownGaps gaps,
            Wait awaitMayApply,
            InstantSource clock) {
        this.tree = tree;
        this.copy = tree.copy();
        this.journal = journal;
        this.questions = questions;
        this.gaps = gaps;
        this.awaitMayApply = awaitMayApply;
        this.clock = clock;
    }

    /**
     * What came of it.
     *
     * @param position      at which the tree is now
     * @param toFetch       files whose bytes may be other ones
     */
    record Done(long position, Set<Long> toFetch) {}

    /** Which objects are here as the primary has, or had, them. */
    interface Here {
        boolean has(long id) throws ErrnoException;

        /**
         * Makes directories that are here, and everything below them, as the primary has them.
         *
         * @return those that have no place yet, and those to which they belong
         */
        Set<Long> list(List<Long> directories) throws IOException;
    }

    /** To be asked too, whatever the records say. */
    record Extra(Set<Long> objects, Set<Slot> names) {
        static final Extra NONE = new Extra(Set.of(), Set.of());
    }

    Done run(long position, Extra extra, Here here) throws IOException {
        toldAt = questions.position();
        ask(extra.objects());
        askNames(extra.names());
        try {
            while (true) {
                long end = Math.max(position, questions.position());
                awaitMayApply.until(end);
                Recovery recovery = new Recovery(tree, journal, clock);
                NetState net = recovery.read(position, end, this::tell, toldAt);
                Set<Long> unknown = unknown(net, here);
                if (unknown.isEmpty()) {
                    try {
                        return reconcile(recovery, net, position, end);
                    } catch (ErrnoException e) {
                        ask(movedUnseen(net, e));
                        continue;
                    }
                }
                List<Long> toList = lookFor(unknown);
                unknown.addAll(changedBy(unknown, net));
                ask(unknown);
                if (!toList.isEmpty()) {
                    // Before anything of it is put aside: what it holds is not fetched again then.
                    ask(here.list(toList));
                }
            }
        } catch (ErrnoException e) {
            throw CannotCatchUp.of(
                    "the tree here cannot be brought to position " + position + ": " + e.getMessage(), e);
        } catch (RecordsReleased | JournalDamaged | MalformedRecord e) {
            throw new IOException("the journal here cannot be read: " + e.getMessage(), e);
        }
    }

    private void tell(NetState net) {
        asked.forEach(net::touched);
        net.described(described.values());
        left.stream().filter(slot -> !net.slots().containsKey(slot)).forEach(slot -> net.named(slot, 0));
        owners.forEach(net::named);
    }

    /** What the records are about, and is neither here nor made by one of them. */
    private Set<Long> unknown(NetState net, Here here) throws ErrnoException {
        Set<Long> unknown = new HashSet<>();
        for (Map.Entry<Long, NetState.ObjectState> each : net.objects().entrySet()) {
            if (each.getValue().made() == null) {
                unknown.add(each.getKey());
            }
        }
        net.slots().forEach((slot, owner) -> {
            if (!owner.isNobody() && !net.objects().containsKey(slot.directory())) {
                unknown.add(slot.directory());
            }
        });
        unknown.removeAll(asked);
        for (long id : List.copyOf(unknown)) {
            if (here.has(id)) {
                unknown.remove(id);
            }
        }
        return unknown;
    }

    /**
     * The directories that a local process may have moved on the primary, so that by the records alone some would lie in
     * themselves: no record tells where they are.
     *
     * @throws ErrnoException why it failed, where it was not that, or all of them were asked about
     */
    private Set<Long> movedUnseen(NetState net, ErrnoException why) throws ErrnoException {
        Set<Long> directories = new HashSet<>();
        if (why.errno() == Errno.EINVAL || why.errno() == Errno.ELOOP) {
            Deque<Long> left = new ArrayDeque<>();
            net.slots().keySet().forEach(slot -> left.add(slot.directory()));
            while (!left.isEmpty()) {
                long id = left.remove();
                if (copy.isDirectory(id) && directories.add(id)) {
                    tree.view().describe(id, true).places().forEach(place -> left.add(place.directory()));
                }
            }
            directories.removeAll(asked);
        }
        if (directories.isEmpty()) {
            throw why;
        }
        return directories;
    }

    /** The directories that are here, with entries that are of no moment. */
    private List<Long> lookFor(Set<Long> unknown) throws ErrnoException {
        List<Long> toList = new ArrayList<>();
        for (long id : unknown) {
            if (copy.isDirectory(id)) {
                toList.add(id);
            }
        }
        return toList;
    }

    /** The directories that a local process put objects into: no record tells their times. */
    private Set<Long> changedBy(Set<Long> found, NetState net) {
        Set<Long> directories = new HashSet<>();
        for (long id : found) {
            NetState.ObjectState state = net.objects().get(id);
            NetState.Found how = state == null ? null : state.found();
            if (how != null) {
                directories.add(how.slot().directory());
            }
        }
        directories.removeAll(asked);
        return directories;
    }

    private void ask(Set<Long> ids) throws IOException {
        List<Long> all = List.copyOf(ids);
        for (int begin = 0; begin < all.size(); begin += Ask.MAX_OBJECTS) {
            List<Long> some = all.subList(begin, Math.min(all.size(), begin + Ask.MAX_OBJECTS));
            questions.ask(new Ask.Objects(true, some), answer -> {
                if (answer instanceof Answer.Objects objects) {
                    objects.objects().forEach(object -> described.put(object.id(), object));
                }
            });
        }
        questions.drain();
        asked.addAll(ids);
        lookForHere(ids);
    }

    /**
     * Notes what is not here at all, and where directories are that are elsewhere on the primary: a local process may have moved
     * them there, of which no record tells.
     */
    private void lookForHere(Set<Long> ids) throws IOException {
        try {
            for (long id : ids) {
                ObjectDescription there = described.get(id);
                if (!copy.has(id)) {
                    missing.add(id);
                } else if (there != null && there.type() == FileType.DIRECTORY) {
                    left.addAll(tree.view().describe(id, true).places());
                    there.places().forEach(left::remove);
                }
            }
        } catch (ErrnoException e) {
            throw new IOException("where directories are here cannot be told: " + e.getMessage(), e);
        }
    }

    private void askNames(Set<Slot> names) throws IOException {
        List<Slot> all = List.copyOf(names);
        for (int begin = 0; begin < all.size(); begin += Ask.MAX_OBJECTS) {
            List<Slot> some = all.subList(begin, Math.min(all.size(), begin + Ask.MAX_OBJECTS));
            questions.ask(new Ask.Names(some), answer -> {
                if (answer instanceof Answer.Names found) {
                    for (int i = 0; i < some.size(); i++) {
                        owners.put(some.get(i), found.ids().get(i));
                    }
                }
            });
        }
        questions.drain();
        Set<Long> ids = new HashSet<>(owners.values());
        ids.remove(0L);
        ids.removeAll(asked);
        ask(ids);
    }

    private Done reconcile(Recovery recovery, NetState net, long position, long end)
            throws IOException, ErrnoException, RecordsReleased, JournalDamaged, MalformedRecord {
        int unusedGone = copy.clear(net.objects()::containsKey);
        Set<Long> toFetch = new HashSet<>(recovery.bytesElsewhere());
        List<Long> toList = new ArrayList<>();
        for (ObjectDescription object : described.values()) {
            if (object.type() == FileType.REGULAR && copy.difference(object) != TreeCopy.Difference.NONE) {
                toFetch.add(object.id());
            } else if (object.type() == FileType.DIRECTORY && missing.contains(object.id())) {
                toList.add(object.id());
            }
        }
        // A copy that is cut before they are fetched has to see that they are not finished.
        toFetch.forEach(net::unfinished);
        // Nor can it see of a directory that is made now that it was never listed; and a record behind this that writes
        // to a file finishes that.
        gaps.add(toList, toFetch);
        gaps.toCompare().addAll(recovery.changedLocally());
        // The position is not kept yet: what is to be fetched has to be known to the next start with it.
        var unusedReport = recovery.reconcile(position, end);
        return new Done(end, toFetch);
    }
}
