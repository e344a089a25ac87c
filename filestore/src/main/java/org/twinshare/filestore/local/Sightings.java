package org.twinshare.filestore.local;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.NetState.ObjectState;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.identity.Link;
import org.twinshare.filestore.identity.Mark;
import org.twinshare.filestore.identity.ObjectIndex;
import org.twinshare.filestore.identity.ObjectRecord;
import org.twinshare.filestore.posix.OpenFlags;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Which of the objects of a {@link NetState} are in the tree now, and under which of its names. The index may be older or
 * newer than the tree, so it only hints: what counts is the mark on the object; without marks inode and birth. Not
 * thread-safe.
 */
final class Sightings {
    private static final Occupant NOBODY = new Occupant(0, 0);
    /** Without a mark, an object is taken for one that was made if it is not older than that by more. */
    private static final long BIRTH_SLACK_NS = 1_000_000_000;

    private final Nodes nodes;
    private final Making making;
    private final ObjectIndex index;
    private final long cluster;
    private final NetState wanted;
    private final Set<Long> known = new HashSet<>();
    private final Map<Slot, Occupant> occupants = new HashMap<>();
    /** Names that something has of which neither mark nor inode tells what it is. */
    private final Set<Slot> strangers = new LinkedHashSet<>();

    private final Map<Born, Long> found = new HashMap<>();
    /** Of what is in the tree: its mtime before anything was done. */
    private final Map<Long, Long> modifiedNs = new HashMap<>();

    private final Set<Long> writtenLater = new HashSet<>();

    private record Born(long inode, long birthNs) {}

    /**
     * Who has a name now.
     *
     * @param id       0 for nobody, -1 for something that none of the changes is about
     * @param changeNs ctime of a stranger in the file system
     */
    record Occupant(long id, long changeNs) {
        private static final long STRANGER = -1;

        boolean isNobody() {
            return id == 0;
        }

        boolean isStranger() {
            return id == STRANGER;
        }
    }

    Sightings(Nodes nodes, Making making, long cluster, NetState wanted) {
        this.nodes = nodes;
        this.making = making;
        this.index = nodes.index();
        this.cluster = cluster;
        this.wanted = wanted;
        wanted.objects().forEach((id, state) -> {
            NetState.Found how = state.found();
            if (how != null) {
                found.put(new Born(how.inode(), how.birthNs()), id);
            }
        });
    }

    /** Whether an object is in the tree; then the index knows it too. */
    boolean isKnown(long id) {
        return known.contains(id);
    }

    Occupant occupant(Slot slot) {
        return occupants.getOrDefault(slot, NOBODY);
    }

    /** The mtime that an object had before anything was done. */
    long modifiedNs(long id) {
        return modifiedNs.getOrDefault(id, Change.KEEP_LONG);
    }

    /**
     * Whether bytes were written to a file that the journal does not tell of, because nobody had committed them; or a local
     * process wrote to it; or the server ended between the bytes of a change and its mtime.
     */
    private boolean wasWrittenLater(Node node, ObjectState state) {
        long told = state.modifyNs() == Change.KEEP_LONG ? state.changeNs() : state.modifyNs();
        return node.type == FileType.REGULAR
                && !wanted.isFollowing()
                && told != Change.KEEP_LONG
                && modifiedNs(node.id) > Math.max(told, state.modifyNamedNs());
    }

    /** Files that keep an mtime, and perhaps bytes, which no record tells. */
    Set<Long> writtenLater() {
        return writtenLater;
    }

    /** The mtime of an object in the end: that of the journal, but never earlier than a client saw it. */
    long modifyNs(Node node, ObjectState state) {
        return wasWrittenLater(node, state) ? modifiedNs(node.id) : state.modifyNs();
    }

    void placed(Slot slot, long id) {
        occupants.put(slot, new Occupant(id, 0));
    }

    void made(long id, long modifyNs) {
        known.add(id);
        modifiedNs.put(id, modifyNs);
    }

    /** Looks for everything touched where the index says that it is; ENODEV when it is on what is not served now. */
    void lookAtKnown() throws ErrnoException {
        for (long id : wanted.objects().keySet()) {
            lookAt(id);
        }
    }

    private void lookAt(long id) throws ErrnoException {
        ObjectRecord record = index.get(id);
        if (record != null && nodes.volume(record.volume()) == null) {
            throw new ErrnoException(Errno.ENODEV, "changes of a directory that is not served now");
        }
        try (Node node = nodes.pin(id)) {
            if (isThere(node)) {
                known.add(id);
            } else {
                nodes.forget(node);
                long unusedVersion = index.remove(node.record());
            }
        } catch (ErrnoException e) {
            // The index does not know it: it may still be found by one of its names.
        }
    }

    private boolean isThere(Node node) {
        try {
            int fd = nodes.open(node);
            Stat stat = Posix.fstat(fd);
            if (stat.links() == 0 || !node.is(stat) || stat.type() != node.type) {
                return false;
            }
            modifiedNs.put(node.id, stat.modifyNs());
            Mark mark = node.volume.keepsMarks() ? Mark.of(fd) : null;
            return mark == null || mark.inode() != stat.inode() || mark.cluster() != cluster || mark.id() == node.id;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /** Looks at who has each touched name; a directory that is found this way may have more of them. */
    void lookAtSlots() throws ErrnoException {
        Set<Slot> left = new LinkedHashSet<>(wanted.slots().keySet());
        wanted.objects().values().forEach(state -> {
            NetState.Found how = state.found();
            if (how != null) {
                left.add(how.slot());
            }
        });
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Slot slot : List.copyOf(left)) {
                if (isDirectoryThere(slot.directory())) {
                    left.remove(slot);
                    progress = true;
                    look(slot);
                }
            }
            // Only when everything that bears a mark was seen: what is known by its mark is nobody else.
            progress |= !progress && takeUnmarked();
        }
    }

    private boolean isDirectoryThere(long id) throws ErrnoException {
        if (!known.contains(id) && !wanted.objects().containsKey(id)) {
            lookAt(id);
        }
        return known.contains(id);
    }

    private void look(Slot slot) throws ErrnoException {
        try (Node directory = nodes.pin(slot.directory())) {
            int fd = nodes.open(directory);
            Stat stat = Posix.fstatat(fd, slot.name().bytes());
            boolean here = stat.device() == directory.volume.device;
            long id = here ? seen(directory.volume, fd, slot.name(), stat, slot) : 0;
            if (here && id == 0) {
                strangers.add(slot);
            }
            occupants.put(slot, new Occupant(id == 0 ? Occupant.STRANGER : id, stat.changeNs()));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** Something in the staging directory. */
    long seen(Volume volume, int directoryFd, Name name, Stat stat) throws ErrnoException {
        return seen(volume, directoryFd, name, stat, null);
    }

    /** Id of what has a name now; 0 when that is nothing touched. */
    private long seen(Volume volume, int directoryFd, Name name, Stat stat, @Nullable Slot slot) throws ErrnoException {
        int fd = Posix.openat(directoryFd, name.bytes(), OpenFlags.O_PATH, 0);
        try {
            long id = idOf(volume, fd, stat);
            ObjectState state = wanted.objects().get(id);
            if (state == null) {
                return 0;
            }
            if (known.contains(id)) {
                try (Node already = nodes.pin(id)) {
                    return already.is(stat) ? id : 0;
                }
            }
            take(id, state, volume, fd, stat, slot);
            return id;
        } finally {
            Posix.close(fd);
        }
    }

    /** An open object is this one. */
    private void take(long id, ObjectState state, Volume volume, int fd, Stat stat, @Nullable Slot slot)
            throws ErrnoException {
        Link link = slot == null ? null : new Link(slot.directory(), slot.name());
        long unusedVersion =
                index.put(Identities.record(id, volume, fd, stat, link, changeNs(state, stat), verifier(state)));
        known.add(id);
        modifiedNs.put(id, stat.modifyNs());
    }

    /**
     * Gives their ids to objects that were made and bear no mark, because a crash came between their names and their marks, or
     * because the file system keeps none. True when there was one.
     */
    private boolean takeUnmarked() throws ErrnoException {
        boolean any = false;
        for (Slot slot : List.copyOf(strangers)) {
            strangers.remove(slot);
            try (Node directory = nodes.pin(slot.directory())) {
                int fd = Posix.openat(nodes.open(directory), slot.name().bytes(), OpenFlags.O_PATH, 0);
                try {
                    any |= takeUnmarked(directory.volume, fd, slot);
                } finally {
                    Posix.close(fd);
                }
            }
        }
        return any;
    }

    private boolean takeUnmarked(Volume volume, int fd, Slot slot) throws ErrnoException {
        Stat stat = Posix.fstat(fd);
        Change.Made made = Mark.of(fd) == null ? madeHere(volume, fd, stat, slot) : null;
        if (made == null) {
            return false;
        }
        long id = made.object();
        making.markByPath(volume, fd, id, stat.inode());
        take(id, Objects.requireNonNull(wanted.objects().get(id)), volume, fd, stat, slot);
        occupants.put(slot, new Occupant(id, stat.changeNs()));
        return true;
    }

    private static long changeNs(ObjectState state, Stat stat) {
        NetState.Found how = state.found();
        long otherwise = how == null ? stat.changeNs() : how.changeNs();
        return state.changeNs() == Change.KEEP_LONG ? otherwise : state.changeNs();
    }

    private static @Nullable Long verifier(ObjectState state) {
        Change.Made made = state.made();
        return made == null || state.verifierForgotten() ? null : made.verifier();
    }

    /** Id of an open object; 0 when neither its mark nor its inode tells. */
    private long idOf(Volume volume, int fd, Stat stat) throws ErrnoException {
        Mark mark = Mark.of(fd);
        if (mark != null && mark.cluster() == cluster && mark.inode() == stat.inode()) {
            return mark.id();
        }
        Long byBirth = found.get(new Born(stat.inode(), stat.birthNs()));
        if (byBirth != null) {
            return byBirth;
        }
        try (Node node = nodes.pinByInode(volume, stat)) {
            return node == null ? 0 : node.id;
        }
    }

    /** The last that was made under this name and was seen nowhere else, if an open object can be it; otherwise null. */
    private Change.@Nullable Made madeHere(Volume volume, int fd, Stat stat, Slot slot) throws ErrnoException {
        Change.Made last = null;
        for (Map.Entry<Long, ObjectState> each : wanted.objects().entrySet()) {
            Change.Made made = each.getValue().made();
            if (made == null
                    || made.directory() != slot.directory()
                    || !made.name().equals(slot.name())
                    || known.contains(each.getKey())
                    || !canBe(made, volume, fd, stat)) {
                continue;
            }
            if (last == null || made.timeNs() > last.timeNs()) {
                last = made;
            }
        }
        return last;
    }

    private boolean canBe(Change.Made made, Volume volume, int fd, Stat stat) throws ErrnoException {
        boolean marked = volume.keepsMarks() && made.type() == FileType.REGULAR && volume.makesNameless();
        return !marked
                && made.type() == stat.type()
                // Another server's clock may be any time off, and nobody but this one makes anything in a tree that
                // follows.
                && (wanted.isFollowing() || stat.birthNs() >= made.timeNs() - BIRTH_SLACK_NS)
                && (made.type() != FileType.SYMLINK || Arrays.equals(made.target(), Posix.readlink(fd)));
    }

    /** The object is not there in the end. */
    void gone(long id) {
        ObjectRecord record = index.get(id);
        if (record != null) {
            Node cached = nodes.peek(id);
            if (cached != null) {
                nodes.forget(cached);
            }
            long unusedVersion = index.remove(record);
        }
    }

    /** Writes down how an object is in the end; {@code names} are those of the touched ones that are its own. */
    void settle(Node node, ObjectState state, Set<Slot> names) throws ErrnoException {
        Stat stat = Posix.fstat(nodes.open(node));
        if (stat.links() == 0) {
            node.gone = true;
            gone(node.id);
            return;
        }
        Set<Link> links = new LinkedHashSet<>();
        Link first = node.link;
        List<Link> others = index.otherLinks(node.id);
        if (first != null && !wanted.slots().containsKey(slot(first))) {
            links.add(first);
        }
        others.stream().filter(link -> !wanted.slots().containsKey(slot(link))).forEach(links::add);
        names.forEach(slot -> links.add(new Link(slot.directory(), slot.name())));
        others.forEach(link -> index.removeLink(node.id, link));
        node.link = links.isEmpty() ? null : links.iterator().next();
        links.stream().skip(1).forEach(link -> index.addLink(node.id, link));
        long changeNs = Math.max(node.times.changeNs(), changeNs(state, stat));
        if (state.isDescribed()) {
            changeNs = state.changeNs();
        } else if (wasWrittenLater(node, state)) {
            changeNs = Math.max(changeNs, stat.changeNs());
            writtenLater.add(node.id);
        }
        node.times = new Node.Times(changeNs, stat.changeNs(), false);
        node.verifier = state.verifierForgotten() ? null : node.verifier;
        node.inside = null;
        node.seen = null;
        long unusedVersion = index.put(node.record());
        node.shownAfter = Discoveries.KEPT;
    }

    private static Slot slot(Link link) {
        return new Slot(link.directory(), link.name());
    }
}
