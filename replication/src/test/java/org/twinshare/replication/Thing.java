package org.twinshare.replication;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.twinshare.filestore.FileType;

/** An object of a {@link Model}. Not thread-safe. */
final class Thing {
    final FileType type;
    /** 0 until it is learned. */
    long id;

    int mode;
    int owner;
    int links = 1;
    /** Of a file, or of the target of a symbolic link. */
    byte[] bytes = new byte[0];

    @Nullable Long verifier;

    long modifyNs;
    long changeNs;
    /** It was written without a sync: a recovery may show a later ctime. */
    boolean hot;
    /** Bytes that no client has been told are durable: a kill may leave what was there before, or nothing. */
    final BitSet uncommitted = new BitSet();
    /** Made by a process on the server, and so without a mark. */
    boolean local;
    /** A process on the server changed it, which the journal knows nothing of. */
    boolean locallyChanged;

    final Map<String, Thing> children = new TreeMap<>();

    Thing(FileType type, int mode) {
        this.type = type;
        this.mode = mode;
    }

    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    Thing copy(Map<Thing, Thing> copies) {
        Thing known = copies.get(this);
        if (known != null) {
            return known;
        }
        Thing copy = new Thing(type, mode);
        copies.put(this, copy);
        copy.id = id;
        copy.owner = owner;
        copy.links = links;
        copy.bytes = bytes;
        copy.verifier = verifier;
        copy.modifyNs = modifyNs;
        copy.changeNs = changeNs;
        copy.hot = hot;
        copy.uncommitted.or(uncommitted);
        copy.local = local;
        copy.locallyChanged = locallyChanged;
        children.forEach((name, child) -> copy.children.put(name, child.copy(copies)));
        return copy;
    }
}
