package org.twinshare.filestore.local;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.posix.KernelHandle;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Gives ids to the entries of a listing that have none yet, many at a time, so that they become durable by one commit, which is
 * left to whoever shows them first. Thread-safe.
 */
final class Newcomers {
    /** How many are looked at while nobody else changes the directory. */
    private static final int CHUNK = 256;

    private final Nodes nodes;
    private final Identities identities;
    private final Observer observer;
    private final Predicate<Stat> settled;

    /** @param settled whether a directory last changed so long ago that another change must show in its times */
    Newcomers(Nodes nodes, Identities identities, Observer observer, Predicate<Stat> settled) {
        this.nodes = nodes;
        this.identities = identities;
        this.observer = observer;
        this.settled = settled;
    }

    /** One of them, as it was when its directory was looked at. */
    private record Newcomer(Listing.Entry entry, Stat stat, KernelHandle handle) {}

    /** Learns whose names these entries are, but for those that went away or may not be shown. */
    void identify(
            Node directory, Listing listing, List<Listing.Entry> entries, WatchedDirectories.@Nullable Glance glance)
            throws ErrnoException {
        List<Listing.Entry> unknown =
                entries.stream().filter(entry -> entry.id() == 0).toList();
        for (int begin = 0; begin < unknown.size(); begin += CHUNK) {
            List<Listing.Entry> chunk = unknown.subList(begin, Math.min(unknown.size(), begin + CHUNK));
            for (Listing.Entry left : atOnce(directory, listing, chunk, glance)) {
                oneByOne(directory, listing, left);
            }
        }
    }

    private void oneByOne(Node directory, Listing listing, Listing.Entry entry) throws ErrnoException {
        try {
            Stat stat = Posix.fstatat(nodes.open(directory), entry.name().bytes());
            try (Node node = identities.identify(directory, entry.name(), stat)) {
                listing.identified(entry, node.id);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EXDEV) {
                throw e;
            }
        }
    }

    /**
     * Identifies entries by two calls each instead of five, without opening them. That a name still leads to the same object
     * in the second call is sure when the directory's times have not changed meanwhile. Returns those that are not sure.
     */
    private List<Listing.Entry> atOnce(
            Node directory, Listing listing, List<Listing.Entry> entries, WatchedDirectories.@Nullable Glance glance)
            throws ErrnoException {
        if (!directory.volume.byHandle) {
            return entries;
        }
        List<Listing.Entry> left = new ArrayList<>();
        List<Newcomer> newcomers = new ArrayList<>(entries.size());
        Containment.Inside inside = directory.inside;
        synchronized (directory) {
            Stat before = observer.stat(directory);
            if (!settled.test(before)) {
                return entries;
            }
            int fd = nodes.open(directory);
            for (Listing.Entry entry : entries) {
                Newcomer newcomer = look(directory, fd, entry);
                if (newcomer == null) {
                    left.add(entry);
                } else {
                    newcomers.add(newcomer);
                }
            }
            Stat after = observer.stat(directory);
            if (before.modifyNs() != after.modifyNs() || before.changeNs() != after.changeNs()) {
                return entries;
            }
            for (Newcomer newcomer : newcomers) {
                if (!add(directory, inside, listing, newcomer, glance)) {
                    left.add(newcomer.entry());
                }
            }
        }
        return left;
    }

    /** Null where it has an id already, or must be looked at with more care. */
    private @Nullable Newcomer look(Node directory, int fd, Listing.Entry entry) {
        Name name = entry.name();
        try {
            Stat stat = Posix.fstatat(fd, name.bytes());
            directory.volume.check(stat);
            return nodes.isKnown(directory.volume, stat)
                    ? null
                    : new Newcomer(entry, stat, Posix.nameToHandleAt(fd, name.bytes()));
        } catch (ErrnoException e) {
            return null;
        }
    }

    /** False when somebody else was faster. */
    private boolean add(
            Node directory,
            Containment.@Nullable Inside inside,
            Listing listing,
            Newcomer newcomer,
            WatchedDirectories.@Nullable Glance glance)
            throws ErrnoException {
        Listing.Entry entry = newcomer.entry();
        try (Node node = identities.adopt(directory, entry.name(), newcomer.stat(), newcomer.handle())) {
            if (node == null) {
                return false;
            }
            listing.identified(entry, node.id);
            Containment.foundInside(inside, node);
            if (glance != null) {
                // Nobody can have changed by its id what had none.
                glance.keep(node, node.times, newcomer.stat());
            }
            return true;
        }
    }
}
