package org.twinshare.replication.copy;

import org.twinshare.filestore.NetState.Slot;

/** One difference between the two trees. */
public sealed interface Finding {
    /** A name leads to another object here than on the primary. */
    record WrongName(Slot place, long primary, long here) implements Finding {}

    /** A name is here, and not on the primary. */
    record SurplusName(Slot place) implements Finding {}

    /** Owner, mode, or a time of an object differs; how says which, in words. */
    record WrongAttributes(long object, String how) implements Finding {}

    /** Bytes of a file differ, or its size. */
    record WrongBytes(long object) implements Finding {}
}
