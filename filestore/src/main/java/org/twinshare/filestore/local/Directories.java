package org.twinshare.filestore.local;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.EpochNanos;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree.EntrySink;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.local.WatchedDirectories.Glance;
import org.twinshare.filestore.posix.Dents;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Lists directories. Keeps what it read of the ones that were listed lately, changes that along with our own changes, and
 * reads a directory again when its times show that somebody else changed it. Thread-safe.
 */
final class Directories {
    /** Entries that are looked at in one go: as many as become durable by one record. */
    private static final int BATCH = 4096;

    private static final int PAGE = 256;
    /** The coarsest tick of a kernel's clock is 10 ms: two changes within one tick leave the same times behind. */
    private static final long SETTLED_AFTER_NS = 20_000_000;

    private final Nodes nodes;
    private final Identities identities;
    private final Observer observer;
    private final Cookies cookies;
    private final InstantSource clock;
    private final Newcomers newcomers;
    private final Cache<Long, Listing> listings;

    Directories(
            Nodes nodes,
            Identities identities,
            Observer observer,
            Cookies cookies,
            InstantSource clock,
            long maxBytes) {
        this.nodes = nodes;
        this.identities = identities;
        this.observer = observer;
        this.cookies = cookies;
        this.clock = clock;
        this.newcomers = new Newcomers(nodes, identities, observer, this::isSettled);
        this.listings = CacheBuilder.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Long id, Listing listing) -> listing.weightBytes())
                .concurrencyLevel(1)
                .build();
    }

    /** Hands entries behind a cookie to the sink; true when the end of the directory was reached. */
    boolean list(Node directory, long parent, long cookie, boolean withAttributes, EntrySink sink)
            throws ErrnoException {
        long at = cookie;
        if (at < Cookies.LAST_RESERVED && !dots(directory, parent, at, withAttributes, sink)) {
            return false;
        }
        at = Math.max(at, Cookies.LAST_RESERVED);
        Listing listing = current(directory, cookie == 0);
        // Where a name may have been given to another object unnoticed, each is looked at again.
        boolean sure = withAttributes && listing.settled();
        Glance glance = sure ? directory.volume.watchedDirectories.glance(nodes, directory) : null;
        while (true) {
            List<Listing.Entry> page = listing.after(at, PAGE);
            if (page.isEmpty()) {
                return true;
            }
            if (page.stream().anyMatch(entry -> entry.id() == 0)) {
                newcomers.identify(directory, listing, listing.after(at, BATCH), glance);
                page = listing.after(at, PAGE);
            }
            for (Listing.Entry entry : page) {
                if (!hand(directory, listing, entry, withAttributes, glance, sink)) {
                    return false;
                }
                at = entry.cookie();
            }
        }
    }

    private boolean dots(Node directory, long parent, long cookie, boolean withAttributes, EntrySink sink)
            throws ErrnoException {
        Attributes own = withAttributes ? observer.attributes(directory) : null;
        if (cookie == 0 && !sink.entry(1, directory.id, new byte[] {'.'}, 0, 1, own)) {
            return false;
        }
        Attributes above = null;
        if (withAttributes) {
            try (Node node = nodes.pin(parent)) {
                above = observer.attributes(node);
            }
        }
        return sink.entry(2, parent, new byte[] {'.', '.'}, 0, 2, above);
    }

    private boolean hand(
            Node directory,
            Listing listing,
            Listing.Entry entry,
            boolean withAttributes,
            @Nullable Glance glance,
            EntrySink sink)
            throws ErrnoException {
        byte[] name = entry.name().bytes();
        Node before = glance == null || entry.id() == 0 ? null : nodes.peek(entry.id());
        Node.Times timesBefore = before == null ? null : before.times;
        Attributes known = glance == null || before == null ? null : glance.of(before);
        if (known != null || !withAttributes && entry.id() != 0) {
            requireDurable(entry.id());
            return sink.entry(entry.cookie(), entry.id(), name, 0, name.length, known);
        }
        Containment.Inside inside = directory.inside;
        try {
            Stat stat = Posix.fstatat(nodes.open(directory), name);
            try (Node node = identities.identify(directory, entry.name(), stat)) {
                if (node.id != entry.id()) {
                    listing.identified(entry, node.id);
                }
                nodes.requireShown(node);
                Containment.foundInside(inside, node);
                Attributes attributes = withAttributes ? observer.attributes(node, stat) : null;
                if (glance != null && node == before && timesBefore != null) {
                    glance.keep(node, timesBefore, stat);
                }
                return sink.entry(entry.cookie(), node.id, name, 0, name.length, attributes);
            }
        } catch (ErrnoException e) {
            return handUnseen(entry, e, sink);
        }
    }

    /** An entry that went away since the listing was read, or that cannot be looked at, only loses its attributes. */
    private static boolean handUnseen(Listing.Entry entry, ErrnoException why, EntrySink sink) throws ErrnoException {
        if (why.errno() == Errno.EXDEV) {
            return true;
        }
        if (entry.id() != 0) {
            byte[] name = entry.name().bytes();
            return sink.entry(entry.cookie(), entry.id(), name, 0, name.length, null);
        }
        if (why.errno() == Errno.ENOENT || why.errno() == Errno.ESTALE) {
            return true;
        }
        throw why;
    }

    /** An id is shown to a client only when it stays the same after a crash. */
    private void requireDurable(long id) throws ErrnoException {
        Node node = nodes.peek(id);
        if (node != null) {
            nodes.requireShown(node);
        }
    }

    /**
     * Gives ids to the next entries behind a cookie, which are not durable yet, and hands on the ids of all of these entries.
     * Returns the cookie of the last one, or 0 at the end.
     */
    long identify(Node directory, long cookie, LongConsumer found) throws ErrnoException {
        Listing listing = current(directory, cookie == Cookies.LAST_RESERVED);
        List<Listing.Entry> page = listing.after(cookie, PAGE);
        if (page.isEmpty()) {
            return 0;
        }
        newcomers.identify(directory, listing, page, null);
        long last = page.get(page.size() - 1).cookie();
        for (Listing.Entry entry : listing.after(cookie, PAGE)) {
            if (entry.id() != 0 && entry.cookie() <= last) {
                found.accept(entry.id());
            }
        }
        return last;
    }

    /**
     * What the directory holds now.
     *
     * @param anew a client begins to list it, which must miss nothing
     */
    private Listing current(Node directory, boolean anew) throws ErrnoException {
        Stat stat = observer.stat(directory);
        Listing known = listings.getIfPresent(directory.id);
        if (known != null && known.shows(stat.modifyNs(), stat.changeNs()) && !known.isWorn()) {
            boolean couldMiss = !known.settled() && isSettled(stat);
            if (!anew || !couldMiss) {
                return known;
            }
        }
        synchronized (directory) {
            Listing read = read(directory);
            directory.volume.watchedDirectories.namesChanged(directory);
            listings.put(directory.id, read);
            return read;
        }
    }

    private boolean isSettled(Stat directory) {
        return EpochNanos.now(clock) > Math.max(directory.modifyNs(), directory.changeNs()) + SETTLED_AFTER_NS;
    }

    /** Under the directory's monitor, so that none of our own changes falls between its times and its entries. */
    private Listing read(Node directory) throws ErrnoException {
        Stat stat = observer.stat(directory);
        boolean settled = isSettled(stat);
        Listing.Builder builder = new Listing.Builder();
        // A descriptor of its own, because the position in a directory belongs to the descriptor.
        int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
        int fd = Posix.openat(nodes.open(directory), new byte[] {'.'}, flags, 0);
        try {
            Dents.readAll(fd, builder::add);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                // A descriptor of it is still open, but it has no entries any more, not even the dots.
                throw new ErrnoException(Errno.ESTALE, "the directory was removed");
            }
            throw e;
        } finally {
            Posix.close(fd);
        }
        return builder.build(directory.id, cookies, stat.modifyNs(), stat.changeNs(), settled);
    }

    /**
     * Takes note of our own change of a directory. The caller has held its monitor since before {@code before} was taken.
     */
    Noting noting(Node directory, Stat before) {
        Listing listing = listings.getIfPresent(directory.id);
        boolean shows = listing != null && listing.shows(before.modifyNs(), before.changeNs());
        return new Noting(directory, shows ? listing : null);
    }

    /** Our own change of one directory; nothing is noted where its listing is not kept or was out of date already. */
    final class Noting {
        private final Node directory;
        private final @Nullable Listing listing;

        private Noting(Node directory, @Nullable Listing listing) {
            this.directory = directory;
            this.listing = listing;
        }

        void added(Name name, long id) {
            if (listing != null) {
                listing.put(new Listing.Entry(cookies.cookie(directory.id, name, listing), id, name));
            }
        }

        void removed(Name name) {
            if (listing != null) {
                listing.remove(cookies.cookie(directory.id, name, listing));
            }
        }

        /** The change is done, and the directory has these times. */
        void finish(Stat after) {
            if (listing != null) {
                listing.stamp(after.modifyNs(), after.changeNs());
            }
        }
    }

    /** Memory that listings take, roughly, in bytes. */
    long weightBytes() {
        return listings.asMap().values().stream()
                .mapToLong(Listing::weightBytes)
                .sum();
    }

    /** The directory is gone. */
    void forget(long directory) {
        listings.invalidate(directory);
    }
}
