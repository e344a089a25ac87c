package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeView;

/**
 * What may go with names that are here and nobody's on the primary: nothing more, once it would be too much. With a directory that
 * is gone there goes everything below it, with one that is elsewhere there only the name. One thread.
 */
final class Removal {
    private static final int PAGE = 1000;

    private final LocalTree tree;
    private final Differences differences;
    private final long most;
    private final Map<Slot, Long> counted = new HashMap<>();
    private long removed;
    private boolean tooMuch;
    private long kept;

    /** @param most objects that may go; with the greatest number they are not counted */
    Removal(LocalTree tree, Differences differences, long most) {
        this.tree = tree;
        this.differences = differences;
        this.most = most;
    }

    /** These are to go, as it seems: some of them may be sure sooner than others. */
    void expect(Collection<Slot> names) throws IOException, ErrnoException {
        long all = removed;
        for (Slot name : names) {
            all += objects(name);
        }
        tooMuch |= all > most;
    }

    /** Whether a name may go; then it has to. */
    boolean take(Slot name) throws IOException, ErrnoException {
        if (tooMuch) {
            kept += objects(name);
        } else {
            removed += objects(name);
        }
        return !tooMuch;
    }

    /** Objects that might not go. */
    long kept() {
        return kept;
    }

    /** Objects that go with a name. */
    private long objects(Slot slot) throws IOException, ErrnoException {
        if (most == Long.MAX_VALUE) {
            return 1;
        }
        Long before = counted.get(slot);
        if (before != null) {
            return before;
        }
        long id = tree.copy().at(slot);
        boolean isGone = id != 0
                && tree.copy().isDirectory(id)
                && differences.describe(List.of(id)).isEmpty();
        long objects = isGone ? 1 + below(id) : 1;
        counted.put(slot, objects);
        return objects;
    }

    private long below(long id) throws ErrnoException {
        Deque<Long> directories = new ArrayDeque<>(List.of(id));
        long found = 0;
        while (!directories.isEmpty() && found <= most) {
            long directory = directories.remove();
            long cookie = 0;
            TreeView.Page page;
            do {
                page = tree.view().page(directory, cookie, PAGE);
                for (TreeView.Entry entry : page.entries()) {
                    found++;
                    cookie = entry.cookie();
                    if (tree.view().describe(entry.id(), false).type() == FileType.DIRECTORY) {
                        directories.add(entry.id());
                    }
                }
            } while (!page.endOfDirectory() && found <= most);
        }
        return found;
    }
}
