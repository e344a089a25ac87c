package org.twinshare.fileserver.server;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Problem;
import org.twinshare.exports.table.Export;
import org.twinshare.fileserver.metrics.Usage;
import org.twinshare.fileserver.rpc.Session;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileSystemSpace;
import org.twinshare.replication.TreeStatistics;
import org.twinshare.replication.journal.JournalSettings;
import org.twinshare.replication.journal.JournalStatistics;

/** Reads the server's counters into a {@link Status}. Thread-safe; {@link #sample} is called once a second. */
public final class StatusReport {
    private static final Usage.Totals NONE = new Usage.Totals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final Supplier<FileServer> current;
    private final String version;
    private final Map<Long, Rates> rates = new ConcurrentHashMap<>();

    /** @param current the file server, which is another one after a change of role */
    public StatusReport(Supplier<FileServer> current, String version) {
        this.current = current;
        this.version = version;
    }

    /** Reads and writes at a sample, and their rates between it and the one before. */
    private record Rates(long nowNs, long reads, long writes, long readsPerSecond, long writesPerSecond) {}

    /** Measures the rates since the last time. */
    public void sample() {
        long nowNs = System.nanoTime();
        current.get().statistics().exports().forEach((number, usage) -> {
            Usage.Totals totals = usage.totals();
            rates.compute(number, (key, before) -> rates(before, nowNs, totals.reads(), totals.writes()));
        });
    }

    private static Rates rates(@Nullable Rates before, long nowNs, long reads, long writes) {
        if (before == null || nowNs <= before.nowNs) {
            return new Rates(nowNs, reads, writes, 0, 0);
        }
        double seconds = (nowNs - before.nowNs) / 1e9;
        return new Rates(
                nowNs,
                reads,
                writes,
                Math.round((reads - before.reads) / seconds),
                Math.round((writes - before.writes) / seconds));
    }

    /** The server now. */
    public Status now() {
        FileServer server = current.get();
        PairReport pair = PairReport.of(server.twin());
        List<Problem> problems = server.missing();
        String cause = problems.isEmpty()
                ? pair.cause()
                : problems.size() + " of " + server.exports().table().exports().size()
                        + " exported directories cannot be served: "
                        + problems.get(0).what() + ", "
                        + problems.get(0).cause();
        return new Status(
                new Status.Server(
                        hostName(),
                        server.twin().status().role(),
                        server.twin().epoch(),
                        Duration.between(server.started(), Instant.now()).toSeconds(),
                        HostAndPort.fromParts(
                                        InetAddresses.toAddrString(server.mountAddress()),
                                        server.address().getPort())
                                .toString(),
                        version),
                problems.isEmpty() ? pair.state() : "DEGRADED",
                cause,
                problems.isEmpty() ? pair.action() : problems.get(0).remedy(),
                pair.pair(),
                exports(server),
                load(server),
                journal(server),
                problems);
    }

    private static Status.Journal journal(FileServer server) {
        TreeStatistics tree = server.treeStatistics();
        if (tree == null) {
            // A standby's is the primary's, and the positions of the pair say how far it is.
            return new Status.Journal(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        JournalStatistics journal = tree.journal();
        return new Status.Journal(
                journal.lastSequence(),
                journal.lastSequence() - tree.checkpointSequence(),
                journal.groups(),
                journal.groups() == 0 ? 0 : journal.syncNs() / 1e6 / journal.groups(),
                (long) journal.usedSegments() * JournalSettings.DEFAULT.segmentBytes(),
                tree.journalBytes(),
                tree.checkpoints(),
                tree.lastCheckpointNs() / 1e6,
                tree.uncommittedBytes(),
                tree.maxUncommittedBytes(),
                tree.pendingChanges(),
                tree.survivingOutcomes(),
                tree.localChanges());
    }

    /** Name of this system. */
    public static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private List<Status.Export> exports(FileServer server) {
        List<Status.Export> shown = new ArrayList<>();
        for (Export export : server.exports().table().exports()) {
            shown.add(export(server, export));
        }
        return shown;
    }

    private Status.Export export(FileServer server, Export export) {
        long number = export.number() & 0xffffffffL;
        Usage usage = server.statistics().exports().get(number);
        Usage.Totals totals = usage == null ? NONE : usage.totals();
        Rates rate = rates.getOrDefault(number, new Rates(0, 0, 0, 0, 0));
        FileSystemSpace space = space(server, export);
        return new Status.Export(
                export.path().toString(),
                export.directory().toString(),
                space.totalFiles() - space.freeFiles(),
                space.totalBytes() - space.freeBytes(),
                space.availableBytes(),
                clientsOf(server, export),
                rate.readsPerSecond,
                rate.writesPerSecond,
                totals.p99Ns() / 1e6);
    }

    private static int clientsOf(FileServer server, Export export) {
        return (int) server.mounts().all().stream()
                .filter(mount -> BytePath.parse(mount.path())
                        .filter(path -> path.isWithin(export.path()))
                        .isPresent())
                .map(mount -> mount.client())
                .distinct()
                .count();
    }

    private static FileSystemSpace space(FileServer server, Export export) {
        Long root = server.rootOf(export);
        if (root == null) {
            return new FileSystemSpace(0, 0, 0, 0, 0, 0);
        }
        try {
            return server.tree().space(Caller.root(root), root);
        } catch (ErrnoException e) {
            return new FileSystemSpace(0, 0, 0, 0, 0, 0);
        }
    }

    private static Status.Load load(FileServer server) {
        Runtime runtime = Runtime.getRuntime();
        return new Status.Load(
                server.rpc().sessions().size(),
                server.rpc().callsUnderWay(),
                server.rpc().bufferBytes(),
                runtime.totalMemory() - runtime.freeMemory(),
                server.rpc().replyCache().size(),
                server.rpc().replyCache().usedBytes(),
                server.tree().objectsKnown(),
                server.tree().listingBytes());
    }

    /**
     * One client as {@code clients} shows it.
     *
     * @param lastCallSecondsAgo -1 when it has not called since the start
     */
    public record Client(
            String address,
            int connections,
            List<String> mounts,
            long calls,
            long failures,
            long readBytes,
            long writtenBytes,
            double p50Millis,
            double p99Millis,
            long lastCallSecondsAgo) {}

    /** The clients that are connected, or that have mounted something, or that have called lately. */
    public List<Client> clients() {
        FileServer server = current.get();
        Map<InetAddress, Integer> connections = new ConcurrentHashMap<>();
        for (Session session : server.rpc().sessions()) {
            connections.merge(session.client(), 1, Integer::sum);
        }
        Map<InetAddress, List<String>> mounts = new ConcurrentHashMap<>();
        server.mounts()
                .all()
                .forEach(mount -> mounts.computeIfAbsent(mount.client(), c -> new ArrayList<>())
                        .add(BytePath.parse(mount.path()).map(Object::toString).orElse("?")));
        Map<InetAddress, Usage> usages = server.statistics().clients();
        Set<InetAddress> all = new HashSet<>(connections.keySet());
        all.addAll(mounts.keySet());
        all.addAll(usages.keySet());
        long nowMillis = System.currentTimeMillis();
        return all.stream()
                .map(address -> client(
                        address,
                        connections.getOrDefault(address, 0),
                        mounts.getOrDefault(address, List.of()),
                        usages.get(address),
                        nowMillis))
                .sorted(Comparator.comparing(Client::address))
                .toList();
    }

    private static Client client(
            InetAddress address, int connections, List<String> mounts, @Nullable Usage usage, long nowMillis) {
        Usage.Totals totals = usage == null ? NONE : usage.totals();
        return new Client(
                InetAddresses.toAddrString(address),
                connections,
                mounts,
                totals.calls(),
                totals.failures(),
                totals.readBytes(),
                totals.writtenBytes(),
                totals.p50Ns() / 1e6,
                totals.p99Ns() / 1e6,
                totals.lastCallMillis() == 0 ? -1 : (nowMillis - totals.lastCallMillis()) / 1000);
    }
}
