package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.NetState.ObjectState;
import org.twinshare.filestore.NetState.Owner;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.filestore.posix.Data;
import org.twinshare.filestore.posix.Posix;
import org.twinshare.filestore.posix.Stat;

/**
 * Brings the tree to a {@link NetState}, whatever it has of it already: after a crash, and wherever a tree has to follow
 * another one. Names first, then bytes in the order in which they were written, then attributes. May be interrupted anywhere
 * and begun anew. One thread, and nobody else uses the tree meanwhile; nothing is durable when it returns.
 */
public final class Reconcile {
    private static final Logger LOG = LoggerFactory.getLogger(Reconcile.class);
    private static final byte[] ASIDE = ".made-meanwhile-".getBytes(US_ASCII);

    private final Nodes nodes;
    private final Making making;
    private final NetState wanted;
    private final Sightings sightings;
    private final Staging staging;
    private final Runnable beforeEach;
    /** Of each object, the touched names that are its own in the end. */
    private final Map<Long, Set<Slot>> names = new HashMap<>();
    /** By id, which name an object had last before it was taken out of the way. */
    private final Map<Long, Slot> takenFrom = new HashMap<>();
    /** Directories that have to be there before others. */
    private final Set<Long> beingMade = new HashSet<>();

    private int moved;
    private int made;
    private int removed;

    Reconcile(Nodes nodes, Making making, Set<Long> roots, long cluster, NetState wanted, Runnable beforeEach) {
        this.nodes = nodes;
        this.making = making;
        this.wanted = wanted;
        this.staging = new Staging(nodes, roots, beforeEach);
        this.beforeEach = beforeEach;
        this.sightings = new Sightings(nodes, making, cluster, wanted);
        wanted.slots().forEach((slot, owner) -> {
            if (!owner.isNobody()) {
                names.computeIfAbsent(owner.object(), unused -> new LinkedHashSet<>())
                        .add(slot);
            }
        });
    }

    /** What was done: objects looked at, made anew, moved out of the way, and removed. */
    public record Report(int objects, int made, int moved, int removed) {}

    /**
     * Gives every touched name to whom it belongs, making what is missing.
     *
     * @throws ErrnoException ELOOP or EINVAL where that is no tree, because another server's was described while it changed
     */
    public void placeNames() throws ErrnoException {
        try (staging) {
            sightings.lookAtKnown();
            staging.entries(sightings::seen);
            sightings.lookAtSlots();
            for (Map.Entry<Slot, Owner> each : wanted.slots().entrySet()) {
                if (sightings.isKnown(each.getKey().directory())) {
                    vacate(each.getKey(), each.getValue());
                }
            }
            for (Map.Entry<Slot, Owner> each : wanted.slots().entrySet()) {
                if (!each.getValue().isNobody() && !each.getValue().found()) {
                    occupy(each.getKey(), each.getValue().object());
                }
            }
            removed = staging.clear();
        }
    }

    /** Takes whatever has a name, and should not have it, out of the way. */
    private void vacate(Slot slot, Owner owner) throws ErrnoException {
        Sightings.Occupant occupant = sightings.occupant(slot);
        if (occupant.isNobody() || occupant.id() == owner.object()) {
            return;
        }
        try (Node directory = nodes.pin(slot.directory())) {
            if (!occupant.isStranger()) {
                try (Node object = nodes.pin(occupant.id())) {
                    staging.take(directory, slot.name(), object);
                }
                takenFrom.put(occupant.id(), slot);
                moved++;
            } else if (!owner.isNobody() && !owner.found() && occupant.changeNs() <= owner.timeNs()) {
                putAside(directory, slot.name());
                sightings.placed(slot, 0);
            }
        }
    }

    /** A local process had made this name before the server came to it; what it holds is kept under another one. */
    private void putAside(Node directory, Name name) throws ErrnoException {
        beforeEach.run();
        int fd = nodes.open(directory);
        int number = 0;
        while (true) {
            byte[] end = String.valueOf(++number).getBytes(US_ASCII);
            int kept = Math.min(name.length(), Name.MAX_BYTES - ASIDE.length - end.length);
            byte[] other = ByteBuffer.allocate(kept + ASIDE.length + end.length)
                    .put(name.bytes(), 0, kept)
                    .put(ASIDE)
                    .put(end)
                    .array();
            try {
                Posix.renameat2(fd, name.bytes(), fd, other, Posix.RENAME_NOREPLACE);
                LOG.warn(
                        "A local process had taken the name {}: what was there is kept with {}{} behind it",
                        name,
                        new String(ASIDE, US_ASCII),
                        number);
                return;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
        }
    }

    private void occupy(Slot slot, long owner) throws ErrnoException {
        Sightings.Occupant occupant = sightings.occupant(slot);
        if (occupant.id() == owner) {
            return;
        }
        if (occupant.isStranger()) {
            LOG.warn("{} was replaced by a local process, and stays so", slot.name());
            staging.keep(owner);
            return;
        }
        if (!hasDirectory(slot)) {
            LOG.warn("The directory that should hold {} was removed by a local process", slot.name());
            staging.keep(owner);
            return;
        }
        try (Node directory = nodes.pin(slot.directory())) {
            if (sightings.isKnown(owner)) {
                give(slot, owner, directory);
            } else {
                make(slot, owner, directory);
            }
        }
    }

    /** Whether the directory of a slot is there, or could be made. */
    private boolean hasDirectory(Slot slot) throws ErrnoException {
        long id = slot.directory();
        if (!sightings.isKnown(id)) {
            if (!beingMade.add(id)) {
                throw new ErrnoException(
                        Errno.ELOOP, "directories lie in each other: they were moved while they were looked at");
            }
            for (Slot own : names.getOrDefault(id, Set.of())) {
                occupy(own, id);
            }
            beingMade.remove(id);
        }
        return sightings.isKnown(id);
    }

    private void give(Slot slot, long owner, Node directory) throws ErrnoException {
        try (Node object = nodes.pin(owner)) {
            if (object.type == FileType.DIRECTORY && !staging.holds(owner)) {
                LOG.warn(
                        "The directory that should be called {} was moved by a local process, and stays so",
                        slot.name());
                return;
            }
            try {
                staging.give(object, directory, slot.name());
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EINVAL || wanted.isFollowing()) {
                    throw e;
                }
                stay(object, slot);
                return;
            }
        }
        sightings.placed(slot, owner);
    }

    /** A local process had moved the one out of the other, of which no record tells, and a crash of the system took that back. */
    private void stay(Node object, Slot slot) throws ErrnoException {
        LOG.warn("A directory that should be called {} would lie in itself, and stays where it was", slot.name());
        Slot before = takenFrom.get(object.id);
        if (before == null || sightings.occupant(before).id() != object.id) {
            staging.keep(object.id);
            return;
        }
        try (Node directory = nodes.pin(before.directory())) {
            staging.give(object, directory, before.name());
        }
        names.put(object.id, Set.of(before));
    }

    private void make(Slot slot, long id, Node directory) throws ErrnoException {
        Change.Made how = Objects.requireNonNull(wanted.objects().get(id)).made();
        if (how == null) {
            LOG.warn("{} was removed by a local process, and stays so", slot.name());
            return;
        }
        beforeEach.run();
        Change.Made here = how.in(slot.directory(), slot.name());
        try (Making.Newborn newborn = making.prepare(directory, here)) {
            newborn.name(nodes.open(directory));
        }
        sightings.made(id, how.modifyNs());
        sightings.placed(slot, id);
        made++;
    }

    /** Writes bytes, or sets the size, of a file that is there in the end; all of one file in their order. */
    public void redo(Change change) throws ErrnoException {
        if (!sightings.isKnown(change.object())) {
            return;
        }
        try (Node file = nodes.pin(change.object())) {
            if (file.type == FileType.REGULAR) {
                int fd = nodes.openForWrite(file);
                beforeEach.run();
                redo(change, fd);
                // So that whoever begins anew after an interruption sees what a client has seen.
                file.volume.setModified(fd, sightings.modifiedNs(file.id));
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                throw e;
            }
            // It has lost its last name in the end.
        }
    }

    private static void redo(Change change, int fd) throws ErrnoException {
        if (change instanceof Change.Written written) {
            Data.pwrite(fd, written.data().duplicate(), written.offsetBytes());
        } else if (change instanceof Change.AttributesSet set && set.sizeBytes() != Change.KEEP_LONG) {
            Data.ftruncate(fd, set.sizeBytes());
        } else if (change instanceof Change.Made of && Posix.fstat(fd).sizeBytes() < of.sizeBytes()) {
            Data.ftruncate(fd, of.sizeBytes());
        }
    }

    /** Sets the attributes of everything touched, and writes down in the index what is known of it now. */
    public Report finish() throws ErrnoException {
        for (Map.Entry<Long, ObjectState> each : wanted.objects().entrySet()) {
            long id = each.getKey();
            if (!sightings.isKnown(id)) {
                sightings.gone(id);
                continue;
            }
            beforeEach.run();
            try (Node node = nodes.pin(id)) {
                dress(node, each.getValue());
                sightings.settle(node, each.getValue(), names.getOrDefault(id, Set.of()));
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ESTALE) {
                    throw e;
                }
                // Its last name went just now.
                sightings.gone(id);
            }
        }
        nodes.volumes().forEach(Volume::movedOne);
        return new Report(wanted.objects().size(), made, moved, removed);
    }

    /** Files that keep an mtime, and perhaps bytes, which no record tells: another server has to compare them. */
    public Set<Long> inDoubt() {
        return sightings.writtenLater();
    }

    private void dress(Node node, ObjectState state) throws ErrnoException {
        int fd = nodes.open(node);
        Stat now = Posix.fstat(fd);
        int uid = state.uid() == Change.KEEP ? now.uid() : state.uid();
        int gid = state.gid() == Change.KEEP ? now.gid() : state.gid();
        boolean givesAway = node.volume.givesAway() && (uid != now.uid() || gid != now.gid());
        if (givesAway) {
            Posix.fchown(fd, uid, gid);
        }
        boolean hasMode = node.type != FileType.SYMLINK && state.mode() != Change.KEEP;
        if (hasMode && (givesAway || state.mode() != now.mode())) {
            Posix.fchmod(fd, state.mode());
        }
        boolean timed = state.accessNs() != Change.KEEP_LONG || state.modifyNs() != Change.KEEP_LONG;
        if (timed && node.volume.givesAway()) {
            Posix.utimens(fd, state.accessNs(), sightings.modifyNs(node, state));
        }
    }
}
