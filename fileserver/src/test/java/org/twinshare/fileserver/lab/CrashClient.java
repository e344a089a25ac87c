package org.twinshare.fileserver.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.twinshare.client.probe.UnexpectedStatusException;

/**
 * Makes random calls, one at a time, until its connection is cut, and knows what must be there then: everything acknowledged,
 * and the last call or not.
 */
abstract class CrashClient implements Runnable {
    private final String name;
    final CrashCalls calls;
    private final Set<Long> verifiers = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile boolean finishing;

    /**
     * @param name    of the directory that it has for itself
     * @param patient goes on with the server that comes, instead of ending with the one that goes
     */
    CrashClient(String name, String server, boolean patient) {
        this.name = name;
        calls = new CrashCalls(server, patient, name);
    }

    /** Makes calls, and tells of each that is {@link #acknowledged()}. */
    abstract void step() throws IOException;

    /** Commits everything, so that both trees of a pair must be the same. */
    abstract void commit() throws IOException;

    /** Compares with what is there now, and goes on from that; returns what is wrong. */
    abstract List<String> compare() throws IOException;

    /** How many it has for itself. */
    abstract int objects();

    void connect() throws IOException {
        finishing = false;
        calls.connect();
        verifiers.clear();
    }

    final void cut() {
        calls.cut();
    }

    /** Ends after the call that is under way, which must be answered. */
    final void finish() {
        finishing = true;
    }

    @Override
    public final void run() {
        try {
            while (!finishing) {
                step();
            }
        } catch (UnexpectedStatusException e) {
            faults.add(name + ": " + e.getMessage() + ", for a call that should work");
        } catch (IOException expected) {
            // The server is dead, or the connection was cut because it is about to be.
        }
    }

    final void acknowledge() {
        acknowledged.incrementAndGet();
    }

    final long acknowledged() {
        return acknowledged.get();
    }

    /** A write verifier was seen. */
    final void saw(long verifier) {
        verifiers.add(verifier);
    }

    /** Write verifiers that were seen since the last connection; one server start has one. */
    final Set<Long> verifiers() {
        return verifiers;
    }

    final void commitAll() throws IOException {
        connect();
        commit();
        calls.cut();
    }

    /** What was wrong, and is. */
    final List<String> verify() throws IOException {
        List<String> all = new ArrayList<>(faults);
        faults.clear();
        calls.connect();
        compare().forEach(each -> all.add(name + each));
        calls.cut();
        return all;
    }
}
