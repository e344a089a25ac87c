package org.twinshare.replication.copy;

import java.util.HashSet;
import java.util.Set;
import org.twinshare.filestore.Change;
import org.twinshare.filestore.NetState;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.replication.record.Entry;

/**
 * What the records of a lost tail were about, and so what may differ from a server that never had them. The files that were
 * hot before it are to be added. Not thread-safe.
 */
public final class LostChanges {
    private final NetState net = new NetState();
    private final Set<Long> files = new HashSet<>();
    private final Set<Long> found = new HashSet<>();
    private final Set<Long> changedLocally = new HashSet<>();
    private final Set<Slot> foundAt = new HashSet<>();

    /** One record of the tail, or a hot file from before it. */
    public void add(Entry entry) {
        switch (entry) {
            case Entry.Changed changed -> {
                Change change = changed.change();
                net.add(change);
                if (change instanceof Change.Written
                        || change instanceof Change.AttributesSet set && set.sizeBytes() != Change.KEEP_LONG) {
                    files.add(change.object());
                }
            }
            case Entry.Committed of -> files.add(of.object());
            case Entry.Hot of -> files.add(of.object());
            case Entry.Referenced of -> files.add(of.object());
            case Entry.InDoubt of -> files.addAll(of.files());
            case Entry.Adopted of -> {
                // Whoever put them there changed its times.
                found.add(of.directory());
                of.objects().forEach(object -> {
                    found.add(object.id());
                    foundAt.add(new Slot(of.directory(), object.name()));
                });
            }
            case Entry.ChangedLocally of -> changedLocally.addAll(of.objects());
            case Entry.Voided unused -> {}
            case Entry.Checkpoint unused -> {}
            case Entry.Alone unused -> {}
            case Entry.Marker unused -> {}
        }
    }

    Set<Long> objects() {
        Set<Long> objects = new HashSet<>(net.objects().keySet());
        objects.addAll(files);
        objects.addAll(found);
        return objects;
    }

    Set<Slot> names() {
        Set<Slot> names = new HashSet<>(net.slots().keySet());
        names.addAll(foundAt);
        return names;
    }

    /** Objects, or directories of which entries, a local process changed. */
    Set<Long> changedLocally() {
        return changedLocally;
    }

    Set<Long> files() {
        return files;
    }
}
