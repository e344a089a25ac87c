package org.twinshare.client.bench;

import java.time.Duration;

/**
 * One stretch of a run, ended by a clock or by a number of operations; then what is in flight is awaited. Shared by the
 * loops that run it, of which each asks for itself.
 */
final class Phase {
    /** Over before it began. */
    static final Phase NONE = ofOperations(0, 1);

    private final long operations;
    private final int connections;
    private final long durationNs;
    private volatile boolean over;

    private Phase(long operations, int connections, Duration duration) {
        this.operations = operations;
        this.connections = connections;
        this.durationNs = duration.toNanos();
        this.over = operations == 0;
    }

    static Phase lasting(Duration duration) {
        return new Phase(Long.MAX_VALUE, 1, duration);
    }

    /** Ends after so many operations, spread evenly over the connections, whatever time they take. */
    static Phase ofOperations(long operations, int connections) {
        return new Phase(operations, connections, Duration.ofDays(365));
    }

    /** How many operations the connection with this index may begin. */
    long operationsOf(int connection) {
        return operations / connections + (connection < operations % connections ? 1 : 0);
    }

    long durationNs() {
        return durationNs;
    }

    boolean isOver() {
        return over;
    }

    /** No operation begins any more. */
    void end() {
        over = true;
    }
}
