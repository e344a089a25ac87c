package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.ObjectDescription;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeCopy;

/**
 * Walks through the primary's directories, breadth first, and makes the tree here the same: names, attributes, and bytes where
 * size, mtime or the mark of an object differ. What has no mark is taken by its name. Clients change the primary meanwhile, so
 * what comes of it is right only after the records since its beginning were carried out ({@link CatchUp}). May be cut off
 * anywhere and begun anew. One thread asks.
 */
final class InitialCopy {
    private final TreeCopy copy;
    private final Questions questions;
    private final Fetch fetch;
    private final CopyLimits limits;
    private final CopyProgress progress;
    private final Deque<Page> pages = new ConcurrentLinkedDeque<>();
    private final Set<Long> begun = ConcurrentHashMap.newKeySet();
    private final SeenIds seen = new SeenIds();
    private final Set<Long> notPlaced = ConcurrentHashMap.newKeySet();

    /** The next names of a directory, and those before. */
    private record Page(long directory, long cookie, Set<Name> names) {}

    InitialCopy(LocalTree tree, Questions questions, Fetch fetch, CopyLimits limits, CopyProgress progress) {
        this.copy = tree.copy();
        this.questions = questions;
        this.fetch = fetch;
        this.limits = limits;
        this.progress = progress;
    }

    /** Copies exported directories, and what lies aside in them of no moment is gone before. */
    void walkAll(Collection<Long> roots) throws IOException {
        try {
            progress.removed(copy.clearStrays());
        } catch (ErrnoException e) {
            throw new IOException("what lies aside here cannot be removed: " + e.getMessage(), e);
        }
        walk(roots);
    }

    /** Copies directories, which are here already, and everything below them. */
    void walk(Collection<Long> directories) throws IOException {
        begun.clear();
        directories.forEach(this::begin);
        do {
            while (!pages.isEmpty()) {
                Page page = pages.remove();
                questions.ask(new Ask.Directory(page.directory, page.cookie), answer -> take(page, answer));
                while (fetch.step()) {
                    // Files first: what is known of them does not grow then.
                }
            }
            fetch.run();
        } while (!pages.isEmpty());
        progress.allListed();
    }

    /**
     * Whether an object is here, and as the primary has it: it was placed by this copy. Another one that is here was left by
     * one that was cut, and so may be anywhere, hold anything, and look like anything.
     */
    boolean isPlaced(long id) throws ErrnoException {
        return seen.contains(id) && copy.has(id);
    }

    /** Directories that had to be left aside until others have their places, and those to which they belong; told once. */
    Set<Long> notPlaced() {
        Set<Long> told = Set.copyOf(notPlaced);
        notPlaced.removeAll(told);
        return told;
    }

    private void begin(long directory) {
        seen.add(directory);
        if (begun.add(directory)) {
            pages.add(new Page(directory, 0, new HashSet<>()));
        }
    }

    private void take(Page page, Answer answer) throws IOException, ErrnoException {
        if (!(answer instanceof Answer.Listing listing)) {
            empty(page);
            return;
        }
        for (Answer.Entry entry : listing.entries()) {
            page.names.add(entry.name());
            place(new Slot(page.directory, entry.name()), entry.object());
        }
        if (!listing.endOfDirectory()) {
            pages.addFirst(new Page(page.directory, listing.nextCookie(), page.names));
            return;
        }
        removeSurplus(page);
        copy.dress(listing.directory());
    }

    private void place(Slot slot, ObjectDescription object) throws ErrnoException {
        TreeCopy.Placed placed = copy.place(slot, object);
        seen.add(object.id());
        progress.object(object.hasAcl());
        if (object.type() == FileType.DIRECTORY) {
            if (placed == TreeCopy.Placed.NOT_YET) {
                notPlaced.add(object.id());
                // Its times are not those of the primary when it gets that name.
                notPlaced.add(slot.directory());
            }
            begin(object.id());
            return;
        }
        boolean differs = placed == TreeCopy.Placed.MADE && object.sizeBytes() > 0
                || copy.difference(object) == TreeCopy.Difference.BYTES;
        if (object.type() == FileType.REGULAR && differs) {
            fetch.add(object);
        } else {
            copy.dress(object);
        }
    }

    /** A directory is gone from the primary, and so is everything from it: what is still here may have another place there. */
    private void empty(Page page) throws IOException, ErrnoException {
        if (!copy.has(page.directory)) {
            return;
        }
        removeSurplus(page);
        for (Name name : page.names) {
            int unusedRemoved = copy.takeAway(new Slot(page.directory, name));
        }
    }

    private void removeSurplus(Page page) throws IOException, ErrnoException {
        List<Name> surplus = copy.surplus(page.directory, page.names);
        long strangers = 0;
        for (Name name : surplus) {
            // What is ours was the primary's once, and is put aside.
            strangers += copy.at(new Slot(page.directory, name)) == 0 ? 1 : 0;
        }
        long all = progress.removed() + strangers;
        if (strangers > 0 && all > limits.maxRemoved()) {
            throw new TooMuchToRemove(page.directory, all, limits.maxRemoved());
        }
        for (Name name : surplus) {
            progress.removed(copy.takeAway(new Slot(page.directory, name)));
        }
    }
}
