package org.twinshare.exports.table;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.names.KnownNames;
import org.twinshare.exports.names.NameResolver;

/**
 * The table in force, and what it says to each client. Swapping the table, or learning another name of a client, ends
 * the {@link ClientRights} given out before. Thread-safe; only {@link #reload} blocks.
 */
public final class CurrentExports {

    /** Clients remembered at most; with more, all are decided again, which takes microseconds for each. */
    private static final int MAX_REMEMBERED = 16_384;

    private final NameResolver names;
    private final KnownNames known;
    private final AtomicLong answers = new AtomicLong();
    private final Object swapLock = new Object();
    private final Object reloadLock = new Object();
    private volatile InForce inForce;

    private CurrentExports(ExportTable table, NameResolver names, KnownNames known) {
        this.names = names;
        this.known = known;
        this.inForce = new InForce(table);
    }

    /** Puts a first table in force; from now on the resolver tells this object of new names. */
    public static CurrentExports of(ExportTable table, NameResolver names) {
        return of(table, names, names);
    }

    /** As {@link #of(ExportTable, NameResolver)}, with decisions made by {@code known}, a view of {@code names}. */
    static CurrentExports of(ExportTable table, NameResolver names, KnownNames known) {
        CurrentExports current = new CurrentExports(table, names, known);
        names.setListener(current.new NameListener());
        return current;
    }

    /** The table in force. */
    public ExportTable table() {
        return inForce.table;
    }

    /**
     * What this client may do. Answers at once, and never asks a name server: decisions that need a name not known yet
     * are {@link Decision.Pending}, and the look-up has been started.
     */
    public ClientRights rights(InetAddress address) {
        InetAddress client = IpNetwork.canonical(address);
        InForce now = inForce;
        ClientRights remembered = now.remembered.get(client);
        return remembered != null ? remembered : decide(client, now);
    }

    /**
     * What this client may do, once the names that this needs are known: for MNT, and for the first call of a client
     * after a restart. Completes at once when nothing is pending, and after {@code atMost} in any case; what is
     * pending then was not found out in time.
     */
    public CompletableFuture<ClientRights> rightsOnceKnown(InetAddress address, Duration atMost) {
        ClientRights now = rights(address);
        if (!now.isPending()) {
            return CompletableFuture.completedFuture(now);
        }
        return names.settle(address)
                .completeOnTimeout(null, atMost.toNanos(), TimeUnit.NANOSECONDS)
                .thenApply(settled -> rights(address));
    }

    /** Puts another table in force, at once and as a whole. */
    public void swap(ExportTable table) {
        synchronized (swapLock) {
            replace(table);
        }
        names.retain(table.hostNames(), table.netgroups());
    }

    /**
     * Reads the files again and puts their table in force if it has no error; with one, nothing changes. Blocks for the
     * names in it, {@code atMost} as long.
     */
    public LoadResult reload(Path file, PathMapping mapping, Duration atMost) {
        // A lock of its own: the look-ups that a load waits for take the other one.
        synchronized (reloadLock) {
            LoadResult result = ExportTableLoader.load(file, mapping, names, atMost);
            result.table().ifPresent(this::swap);
            return result;
        }
    }

    /**
     * Looks up again the names that are due. To be called every few seconds by a timer of the server; returns at
     * once.
     */
    public void refreshNames() {
        names.refresh();
    }

    /**
     * Why this client may or may not mount a path, for an operator and for the log line of a refusal. Knows of names
     * what is known now.
     *
     * @param port the port of the client's call, if there was one
     */
    public Explanation explain(InetAddress address, OptionalInt port, BytePath path) {
        return new Explainer(table(), known, names.failureOf(address)).explain(address, port, path);
    }

    private ClientRights decide(InetAddress client, InForce now) {
        long answersBefore = answers.get();
        ClientRights rights = ClientRights.decide(client, now.table, known, () -> !now.over);
        if (rights.isPending()) {
            return rights;
        }
        if (now.remembered.size() >= MAX_REMEMBERED) {
            forgetAll();
            return rights;
        }
        now.remembered.put(client, rights);
        if (answers.get() != answersBefore) {
            // A name arrived meanwhile: its listener may have looked for these rights before they were put there.
            now.remembered.remove(client, rights);
            rights.markStale();
        }
        return rights;
    }

    private void forgetAll() {
        synchronized (swapLock) {
            replace(inForce.table);
        }
    }

    /** To be called with {@code swapLock} held: a swap must not be undone by somebody who forgets. */
    private void replace(ExportTable table) {
        InForce old = inForce;
        inForce = new InForce(table);
        old.over = true;
    }

    /** A table and the rights it gave, until another takes its place. */
    private static final class InForce {

        private final ExportTable table;
        private final ConcurrentHashMap<InetAddress, ClientRights> remembered = new ConcurrentHashMap<>();
        private volatile boolean over;

        InForce(ExportTable table) {
            this.table = table;
        }
    }

    /** Ends rights that were decided with other names than those known now. */
    private final class NameListener implements NameResolver.Listener {

        @Override
        public void addressAnswered(InetAddress address) {
            answers.incrementAndGet();
            ClientRights old = inForce.remembered.remove(address);
            if (old != null) {
                old.markStale();
            }
        }

        @Override
        public void tableNamesChanged() {
            forgetAll();
        }
    }
}
