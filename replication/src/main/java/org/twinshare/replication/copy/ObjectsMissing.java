package org.twinshare.replication.copy;

import java.io.IOException;
import java.util.Set;

/**
 * Records of the journal are about objects that never came: most likely files that a local process had made on the primary.
 * Everything else is carried out, and durable.
 */
public final class ObjectsMissing extends IOException {
    private final transient Set<Long> ids;
    private final transient Set<Long> incomplete;

    ObjectsMissing(Set<Long> ids, Set<Long> incomplete) {
        super(ids.size() + " objects that the journal speaks of are not here, the first with id "
                + ids.iterator().next() + ", or their entries are not"
                + ": most likely a local process made them on the primary just before it failed. Who goes on without the"
                + " primary does without them");
        this.ids = Set.copyOf(ids);
        this.incomplete = Set.copyOf(incomplete);
    }

    /** Of the objects. */
    public Set<Long> ids() {
        return ids;
    }

    /** Files whose bytes have not all come, as {@link StandbyApply#carryOutRest} returns them. */
    public Set<Long> incomplete() {
        return incomplete;
    }
}
