package org.twinshare.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;

/** One of many clients, and what it knows: which of its names there are, and which of its bytes are durable. */
final class CrowdClient {
    static final int DIRECTORIES = 3;
    /** Of the file that all share, so many bytes are one client's; all of them are more than goes into the journal. */
    private static final int SLOT_BYTES = 2 * Served.BY_VALUE_BYTES;

    private static final int NAMES = 4;
    private static final long NEW = 0;

    private final int number;
    private final Random random;
    private final long[] directories;
    private final long shared;
    /** The numbers that fill its bytes of the shared file; each WRITE has a greater one. */
    private int durable;

    private int written;
    private int begun;
    private int xid;
    /** Of every name that there is, the object. */
    private Map<Place, Thing> names = new HashMap<>();
    /** The same if the call that is under way is carried out. */
    private Map<Place, Thing> next = new HashMap<>();

    /** A name that only this client uses. */
    private record Place(int directory, int name) {}

    /** An object, which has no id before the answer to its CREATE. */
    private record Thing(long id, int mode) {}

    CrowdClient(int number, long seed, long[] directories, long shared) {
        this.number = number;
        random = new Random(seed);
        this.directories = directories;
        this.shared = shared;
    }

    private Name name(Place place) {
        return Name.of("c" + number + "-" + place.name);
    }

    private Place place() {
        return new Place(random.nextInt(DIRECTORIES), random.nextInt(NAMES));
    }

    private static SetAttributes mode(int mode) {
        return new SetAttributes(mode, null, null, null, null, null);
    }

    private Outcome call(Served served, Operation operation) {
        CallId id = new CallId(InetAddress.getLoopbackAddress(), ++xid, number, number);
        Outcome outcome = served.tree.change(id, operation);
        assertThat(outcome.error()).as(operation.toString()).isNull();
        return outcome;
    }

    /** One call. */
    void step(Served served) {
        switch (random.nextInt(10)) {
            case 0 -> make(served, place());
            case 1 -> setMode(served, place());
            case 2 -> move(served, place(), place());
            case 3 -> remove(served, place());
            case 4, 5 -> commit(served);
            default -> write(served);
        }
        names = next;
    }

    private void make(Served served, Place at) {
        if (names.containsKey(at)) {
            return;
        }
        int mode = random.nextInt(0777);
        next = new HashMap<>(names);
        next.put(at, new Thing(NEW, mode));
        Outcome made = call(
                served,
                new Operation.Create(
                        served.admin,
                        directories[at.directory],
                        name(at),
                        Operation.CreateMode.GUARDED,
                        mode(mode),
                        0));
        next.put(at, new Thing(made.object(), mode));
    }

    private void setMode(Served served, Place at) {
        Thing thing = names.get(at);
        if (thing == null) {
            return;
        }
        Thing changed = new Thing(thing.id, random.nextInt(0777));
        next = new HashMap<>(names);
        next.put(at, changed);
        call(served, new Operation.SetAttr(served.admin, thing.id, mode(changed.mode), null));
    }

    private void move(Served served, Place from, Place to) {
        Thing thing = names.get(from);
        if (thing == null || from.equals(to)) {
            return;
        }
        next = new HashMap<>(names);
        next.remove(from);
        next.put(to, thing);
        call(
                served,
                new Operation.Rename(
                        served.admin, directories[from.directory], name(from), directories[to.directory], name(to)));
    }

    private void remove(Served served, Place at) {
        if (!names.containsKey(at)) {
            return;
        }
        next = new HashMap<>(names);
        next.remove(at);
        call(served, new Operation.Remove(served.admin, directories[at.directory], name(at)));
    }

    private void write(Served served) {
        int value = ++begun;
        int count = random.nextInt(20) == 0 ? SLOT_BYTES : Integer.BYTES;
        ByteBuffer data = ByteBuffer.allocateDirect(SLOT_BYTES);
        while (data.hasRemaining()) {
            data.putInt(value);
        }
        Stability stability = random.nextInt(3) == 0 ? Stability.FILE_SYNC : Stability.UNSTABLE;
        call(
                served,
                new Operation.Write(
                        served.admin,
                        shared,
                        (long) number * SLOT_BYTES,
                        data.flip().limit(count),
                        stability));
        written = value;
        durable = stability == Stability.FILE_SYNC ? value : durable;
    }

    private void commit(Served served) {
        int value = written;
        call(served, new Operation.Commit(served.admin, shared, 0, 0));
        durable = value;
    }

    /** Everything is there that this client was told of, and of what it was not, nothing or all; that is what it knows then. */
    void check(Served served, String when) throws ErrnoException {
        Map<Place, Thing> here = new HashMap<>();
        for (int directory = 0; directory < DIRECTORIES; directory++) {
            for (int name = 0; name < NAMES; name++) {
                Place place = new Place(directory, name);
                Thing thing = look(served, place);
                if (thing != null) {
                    here.put(place, thing);
                }
            }
        }
        if (!here.equals(names)) {
            Map<Place, Thing> wanted = new HashMap<>(next);
            wanted.replaceAll((place, thing) -> thing.id == NEW ? withId(thing, here.get(place)) : thing);
            assertThat(here)
                    .as("%s, names of client %d, which were %s", when, number, names)
                    .isEqualTo(wanted);
        }
        names = here;
        next = here;
        checkBytes(served, when);
    }

    private static Thing withId(Thing thing, @Nullable Thing here) {
        return here == null ? thing : new Thing(here.id, thing.mode);
    }

    private @Nullable Thing look(Served served, Place place) throws ErrnoException {
        try {
            Attributes attributes = served.tree
                    .lookup(served.admin, directories[place.directory], name(place))
                    .object();
            return new Thing(attributes.id(), attributes.mode());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    private void checkBytes(Served served, String when) throws ErrnoException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Integer.BYTES);
        var unusedEnd = served.tree.read(served.admin, shared, (long) number * SLOT_BYTES, bytes);
        int value = bytes.flip().remaining() < Integer.BYTES ? 0 : bytes.getInt();
        assertThat(value).as("%s, bytes of client %d", when, number).isBetween(durable, begun);
        durable = value;
        written = value;
        begun = value;
    }
}
