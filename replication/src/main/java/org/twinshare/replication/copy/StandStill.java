package org.twinshare.replication.copy;

import java.util.function.BooleanSupplier;

/** A time in which the standby's tree stands still, until it is closed. */
public final class StandStill implements AutoCloseable {
    private final long position;
    private final BooleanSupplier holds;
    private final Runnable end;

    StandStill(long position, BooleanSupplier holds, Runnable end) {
        this.position = position;
        this.holds = holds;
        this.end = end;
    }

    /** Sequence of the last record that the tree has. */
    public long position() {
        return position;
    }

    /** Whether it stood still until now; a failover or a new connection may have moved it. */
    public boolean holds() {
        return holds.getAsBoolean();
    }

    @Override
    public void close() {
        end.run();
    }
}
