package org.twinshare.filestore;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run of changes makes of what they touch in the end: who has each name, and which attributes each object has. Blind
 * repetition would be wrong where a name changed hands, so a tree is brought to this state whatever it has of the changes
 * already. Bytes of files are not in it. Not thread-safe.
 */
public final class NetState {
    /** The mtime of a file whose bytes have not all come from another server: a nanosecond of 1970 that no clock shows. */
    public static final long UNFINISHED_NS = 1;

    /** A name that a directory has, or had. */
    public record Slot(long directory, Name name) {}

    /**
     * Whose a name is in the end.
     *
     * @param object 0 for nobody's
     * @param timeNs since when
     * @param found  it was seen there, and not put there by a change: where it is gone a local process took it
     */
    public record Owner(long object, long timeNs, boolean found) {
        /** Nobody has the name. */
        public boolean isNobody() {
            return object == 0;
        }
    }

    /** What an object that was found, and not made, was known by when it got its id. */
    public record Found(Slot slot, FileType type, long inode, long birthNs, long changeNs) {}

    /** What is known of one object; {@code KEEP} and {@code KEEP_LONG} of {@link Change} leave an attribute as it is. */
    public static final class ObjectState {
        private Change.@Nullable Made made;
        private @Nullable Found found;
        private int mode = Change.KEEP;
        private int uid = Change.KEEP;
        private int gid = Change.KEEP;
        private long accessNs = Change.KEEP_LONG;
        private long modifyNs = Change.KEEP_LONG;
        private long changeNs = Change.KEEP_LONG;
        private long modifyNamedNs;
        private boolean verifierForgotten;
        private boolean described;
        private Set<Slot> places = Set.of();
        private boolean lostName;

        /** How it was made; null where it was there before. */
        public Change.@Nullable Made made() {
            return made;
        }

        /** What it was found by; null where it was made, or known before. */
        public @Nullable Found found() {
            return found;
        }

        public int mode() {
            return mode;
        }

        public int uid() {
            return uid;
        }

        public int gid() {
            return gid;
        }

        public long accessNs() {
            return accessNs;
        }

        public long modifyNs() {
            return modifyNs;
        }

        /** When a client last named its mtime, and 0 for never: a later mtime that it shows from before that does not count. */
        public long modifyNamedNs() {
            return modifyNamedNs;
        }

        /** Our ctime. */
        public long changeNs() {
            return changeNs;
        }

        /** Whether a CREATE with the verifier that it was made with is another call now. */
        public boolean verifierForgotten() {
            return verifierForgotten;
        }

        /** Whether another server has said how it is: then its ctime is no later than this. */
        public boolean isDescribed() {
            return described;
        }

        /** Whether it lost one of its names, and so is perhaps gone. */
        public boolean lostName() {
            return lostName;
        }

        private void changed(long timeNs) {
            changeNs = Math.max(changeNs, timeNs);
        }

        private void contentsChanged(long timeNs) {
            changed(timeNs);
            modifyNs = timeNs;
        }
    }

    private final Map<Long, ObjectState> objects = new LinkedHashMap<>();
    private final Map<Slot, Owner> slots = new LinkedHashMap<>();
    private long lastId;
    private boolean following;

    /** Everything is to be as another server has it: nothing that this one shows later than that is kept. */
    public void follow() {
        following = true;
    }

    /** Whether this server's tree comes after another one's. */
    public boolean isFollowing() {
        return following;
    }

    /** Everything touched, by id. */
    public Map<Long, ObjectState> objects() {
        return Collections.unmodifiableMap(objects);
    }

    /** Whose each touched name is in the end. */
    public Map<Slot, Owner> slots() {
        return Collections.unmodifiableMap(slots);
    }

    /** The largest id that was given. */
    public long lastId() {
        return lastId;
    }

    private ObjectState object(long id) {
        lastId = Math.max(lastId, id);
        return objects.computeIfAbsent(id, unused -> new ObjectState());
    }

    private void own(long directory, Name name, long object, long timeNs) {
        slots.put(new Slot(directory, name), new Owner(object, timeNs, false));
    }

    /** The next change. */
    public void add(Change change) {
        long timeNs = change.timeNs();
        switch (change) {
            case Change.Made made -> made(made);
            case Change.AttributesSet set -> set(set);
            case Change.Linked linked -> {
                own(linked.directory(), linked.name(), linked.object(), timeNs);
                object(linked.object()).changed(timeNs);
                object(linked.directory()).contentsChanged(timeNs);
            }
            case Change.Removed removed -> {
                own(removed.directory(), removed.name(), 0, timeNs);
                object(removed.object()).changed(timeNs);
                object(removed.object()).lostName = true;
                object(removed.directory()).contentsChanged(timeNs);
            }
            case Change.Moved moved -> moved(moved);
            case Change.Written written -> {
                ObjectState object = object(written.object());
                object.contentsChanged(timeNs);
                object.mode = written.mode() == Change.KEEP ? object.mode : written.mode();
            }
            case Change.Committed unused -> {}
            case Change.Nothing unused -> {}
        }
    }

    private void made(Change.Made made) {
        own(made.directory(), made.name(), made.object(), made.timeNs());
        object(made.directory()).contentsChanged(made.timeNs());
        ObjectState object = object(made.object());
        object.made = made;
        object.mode = made.mode();
        object.uid = made.uid();
        object.gid = made.gid();
        object.accessNs = made.accessNs();
        object.modifyNs = made.modifyNs();
        object.changeNs = made.timeNs();
    }

    private void set(Change.AttributesSet set) {
        ObjectState object = object(set.object());
        object.mode = set.mode() == Change.KEEP ? object.mode : set.mode();
        object.uid = set.uid() == Change.KEEP ? object.uid : set.uid();
        object.gid = set.gid() == Change.KEEP ? object.gid : set.gid();
        object.accessNs = set.accessNs() == Change.KEEP_LONG ? object.accessNs : set.accessNs();
        if (set.setsModified()) {
            object.contentsChanged(set.timeNs());
        } else if (set.modifyNs() != Change.KEEP_LONG) {
            object.modifyNs = set.modifyNs();
            object.modifyNamedNs = set.timeNs();
        }
        object.changed(set.timeNs());
        object.verifierForgotten = true;
    }

    private void moved(Change.Moved moved) {
        own(moved.fromDirectory(), moved.fromName(), 0, moved.timeNs());
        own(moved.toDirectory(), moved.toName(), moved.object(), moved.timeNs());
        object(moved.fromDirectory()).contentsChanged(moved.timeNs());
        object(moved.toDirectory()).contentsChanged(moved.timeNs());
        object(moved.object()).changed(moved.timeNs());
        if (moved.replaced() != 0) {
            object(moved.replaced()).changed(moved.timeNs());
            object(moved.replaced()).lostName = true;
        }
    }

    /**
     * How another server says that objects are, after the changes that were added before and before those that come. An object
     * without a place keeps its names as far as they are not spoken of.
     */
    public void described(Collection<ObjectDescription> all) {
        for (ObjectDescription how : all) {
            described(how);
        }
        slots.replaceAll(this::asDescribed);
    }

    private Owner asDescribed(Slot slot, Owner owner) {
        ObjectState object = objects.get(owner.object());
        if (object == null || object.places.isEmpty() || object.places.contains(slot)) {
            return owner;
        }
        return new Owner(0, object.changeNs, false);
    }

    private void described(ObjectDescription how) {
        ObjectState object = object(how.id());
        for (Slot place : how.places()) {
            own(place.directory(), place.name(), how.id(), how.changeNs());
            object.made = how.madeAs(place);
        }
        object.mode = how.mode();
        object.uid = how.uid();
        object.gid = how.gid();
        object.accessNs = how.accessNs();
        object.modifyNs = how.modifyNs();
        object.changeNs = how.changeNs();
        object.verifierForgotten = how.verifier() == null;
        object.described = true;
        object.places = Set.copyOf(how.places());
    }

    /** Bytes of a file are still to come: until then it has an mtime that says so. */
    public void unfinished(long id) {
        object(id).modifyNs = UNFINISHED_NS;
    }

    /** An object may have changed, and nothing is known of how it is. */
    public void touched(long id) {
        ObjectState unusedNew = object(id);
    }

    /** A name is an object's, or nobody's, on another server. */
    public void named(Slot place, long object) {
        own(place.directory(), place.name(), object, Long.MAX_VALUE);
    }

    /** An object got its id because it was found. Where another server has told its places, those are the ones that count. */
    public void found(long id, Found how) {
        ObjectState object = object(id);
        object.found = how;
        boolean told = object.places.contains(how.slot());
        if (told || object.places.isEmpty()) {
            slots.put(how.slot(), new Owner(id, how.changeNs(), !told));
        }
    }

    /** Bytes that had been written before became durable; the object shows these times since they were written. */
    public void committed(long id, long modifyNs, long changeNs) {
        ObjectState object = object(id);
        object.modifyNs = modifyNs;
        object.changed(changeNs);
    }
}
