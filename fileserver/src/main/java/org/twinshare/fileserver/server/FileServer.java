package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.Problem;
import org.twinshare.exports.names.NameResolver;
import org.twinshare.exports.table.CurrentExports;
import org.twinshare.exports.table.Export;
import org.twinshare.exports.table.ExportTable;
import org.twinshare.exports.table.ExportTableLoader;
import org.twinshare.exports.table.LoadResult;
import org.twinshare.fileserver.metrics.CallStatistics;
import org.twinshare.fileserver.mount3.Mount3;
import org.twinshare.fileserver.mount3.MountList;
import org.twinshare.fileserver.nfs3.FileHandles;
import org.twinshare.fileserver.nfs3.Nfs3;
import org.twinshare.fileserver.nlm4.Nlm4;
import org.twinshare.fileserver.rpc.ReplyCache;
import org.twinshare.fileserver.rpc.RpcLimits;
import org.twinshare.fileserver.rpc.RpcServer;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.posix.OwnProcess;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.RecoveryRefused;
import org.twinshare.replication.Refusal;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.TreeStatistics;
import org.twinshare.replication.role.Start;
import org.twinshare.replication.twin.Twin;
import org.twinshare.replication.twin.TwinSettings;

/** The server: everything that is open and running between start and stop. Thread-safe. */
public final class FileServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileServer.class);
    private static final int REPLIES_PER_CLIENT = 1024;
    private static final long REPLY_CACHE_BYTES = 48L << 20;

    private final ServeConfig config;
    private final StateDirectory state;
    private final LocalTree tree;
    private final FileHandles handles;
    private final Refusals refusals;
    private final CompletableFuture<Ended> end = new CompletableFuture<>();
    private final ClusterKey key;
    private volatile @Nullable Twin twin;
    private volatile @Nullable JournaledTree journaled;
    private volatile boolean serving;
    private final NameResolver names = NameResolver.system();
    private final CurrentExports exports;
    private final BoundExports bound;
    private final ExportService exportService;
    private final CallStatistics statistics;
    private final MountList mounts = new MountList();
    private final RpcServer rpc;
    private volatile InetSocketAddress address;
    private final List<String> warnings;
    private final Instant started = Instant.now();
    private final ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("chores").factory());

    /** How a server comes to its end by itself. */
    public enum End {
        /** Nothing can be acknowledged any more, because a disk has failed. */
        FAILED,
        /** Its role is another one now: it is to be closed, and started anew. */
        START_ANEW
    }

    /** The end, and why, in words. */
    public record Ended(End how, String why) {}

    private FileServer(ServeConfig config, StateDirectory state, List<String> warnings, CallStatistics statistics)
            throws Refused, IOException {
        this.config = config;
        this.state = state;
        this.warnings = warnings;
        address = config.address();
        key = ClusterKey.in(state.path());
        long descriptors = OpenFiles.limit();
        OpenFiles openFiles = OpenFiles.share(descriptors);
        openFiles.warning(descriptors).ifPresent(warnings::add);
        tree = LocalTree.open(
                state.path(), key, LocalTree.Limits.DEFAULT.open(openFiles.objects()), InstantSource.system());
        exports = CurrentExports.of(ExportTable.EMPTY, names);
        bound = new BoundExports(tree, config.adopt());
        refusals = new Refusals(exports);
        exportService = new ExportService(exports, bound, identities(), refusals);
        handles = new FileHandles(key.handleMac());
        this.statistics = statistics;
        rpc = new RpcServer(
                "nfs",
                RpcLimits.forTransfersOf(config.maxTransferBytes(), openFiles.connections()),
                new ReplyCache(REPLIES_PER_CLIENT, REPLY_CACHE_BYTES));
    }

    private void begin() throws Refused, IOException {
        ExportTable table = FirstTable.of(config, names, warnings);
        try {
            Twin opened = Twin.open(
                    tree,
                    key,
                    twinSettings(),
                    new PairHost(this, tree),
                    config.pair().address());
            twin = opened;
            begin(opened, table);
        } catch (RefusedException e) {
            Refusal refusal = e.refusal();
            throw Refused.forSafety(new Problem(refusal.what(), refusal.cause(), refusal.remedy()));
        }
        ScheduledFuture<?> unused = chores.scheduleWithFixedDelay(this::tidy, 1, 1, TimeUnit.SECONDS);
    }

    private void begin(Twin opened, ExportTable table) throws Refused, RefusedException, IOException {
        Start start = opened.start();
        if (start == Start.FOLLOW) {
            exports.swap(table);
            opened.follow();
            return;
        }
        tree.beginEpoch(opened.epoch());
        putInForce(table);
        JournaledTree served = openJournal();
        journaled = served;
        opened.lead(served, start == Start.ASK);
        if (start == Start.SERVE) {
            serve(served);
            opened.takeAddress();
        }
    }

    private TwinSettings twinSettings() {
        PairConfig pair = config.pair();
        JournalPlace place = config.journal();
        return new TwinSettings(
                pair.name(),
                pair.listen(),
                pair.terms(),
                pair.copy(),
                pair.alone(),
                state.path(),
                place.directory(),
                place.treeSettings());
    }

    /** Answers clients from now on. */
    void serve(JournaledTree served) throws Refused, IOException {
        if (journaled == null) {
            // It was the standby until now, and has bound what the primary exported.
            putInForce(exports.table());
            journaled = served;
        }
        served.answersClients();
        rpc.offer(new Nfs3(served, exportService, handles, config.maxTransferBytes(), statistics));
        rpc.offer(new Nlm4());
        rpc.offer(new Mount3(new MountService(exports, bound, tree, handles, refusals), mounts));
        address = listen();
        serving = true;
        tree.beginAdoption();
    }

    /** Whether clients are answered. */
    public boolean isServing() {
        return serving && !end.isDone();
    }

    /**
     * Starts to serve, or to follow another server.
     *
     * @param statistics counts the calls, also of a server before this one
     * @throws Refused with cause and remedy when it cannot be
     */
    public static FileServer start(ServeConfig config, CallStatistics statistics) throws Refused {
        List<String> warnings = new ArrayList<>();
        StateDirectory state = StateDirectory.take(config.state());
        try {
            return begun(new FileServer(config, state, warnings, statistics));
        } catch (IOException e) {
            throw Refused.ofState(config.state(), e);
        }
    }

    /** What was opened is closed again when the server cannot begin. */
    private static FileServer begun(FileServer server) throws Refused, IOException {
        try {
            server.begin();
            return server;
        } catch (Refused | IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Carries out what a crash kept from being carried out, so that nobody is served anything older. */
    private JournaledTree openJournal() throws Refused, IOException {
        JournalPlace place = config.journal();
        try {
            return JournaledTree.open(
                    tree, place.directory(), place.treeSettings(), InstantSource.system(), twin()::failed);
        } catch (RecoveryRefused e) {
            throw Refused.forSafety(new Problem(String.valueOf(e.getMessage()), e.why(), e.remedy()));
        }
    }

    /** Waits until the server comes to its end by itself. */
    public Ended awaitEnd() {
        return end.join();
    }

    void endsWith(End how, String why) {
        boolean unusedFirst = end.complete(new Ended(how, why));
    }

    /** The first table: at least one of its directories must be there, or be awaited by the option mountpoint. */
    private void putInForce(ExportTable table) throws Refused {
        List<Problem> missing = bound.bind(table);
        boolean none = !missing.isEmpty() && missing.size() == table.exports().size();
        if (none && !bound.waitsForMounts()) {
            throw bound.isRefusedForSafety() ? Refused.forSafety(missing.get(0)) : new Refused(missing.get(0));
        }
        missing.forEach(problem -> warnings.add(problem.text()));
        warnings.addAll(Crossing.warnings(table, MountTable.read()));
        exports.swap(table);
    }

    private Identities identities() {
        if (OwnProcess.geteuid() != 0) {
            return Identities.ofServer(OwnProcess.geteuid(), OwnProcess.getegid());
        }
        return Identities.ofCallers(config.manageGids() ? new ServerGroups() : (uid, claimed) -> claimed);
    }

    private InetSocketAddress listen() throws Refused, IOException {
        try {
            return rpc.start(config.address());
        } catch (BindException e) {
            throw new Refused(PortHolder.problem(
                    config.address(), "another program holds it, or this user may not take it: " + e.getMessage()));
        }
    }

    private void tidy() {
        try {
            tree.tidy();
            exports.refreshNames();
            bound.retry(exports.table());
        } catch (RuntimeException e) {
            LOG.error("Tidying up failed; this is a fault of the server", e);
        }
    }

    /** Reads the exports file again. A table with an error changes nothing. */
    public LoadResult reload() {
        if (config.directory() != null) {
            return new LoadResult(Optional.of(exports.table()), List.of());
        }
        LoadResult result =
                ExportTableLoader.load(config.exportsFile(), config.directories(), names, FirstTable.NAMES_WITHIN);
        result.table().ifPresent(table -> {
            if (!serving) {
                // The standby binds what the primary exports, when it hears of it.
                exports.swap(table);
                return;
            }
            bound.bind(table).forEach(problem -> LOG.warn("{}", problem.text()));
            Crossing.warnings(table, MountTable.read()).forEach(LOG::warn);
            exports.swap(table);
            exportService.forget();
            LOG.info(
                    "Exports reloaded from {}: {} exports",
                    config.exportsFile(),
                    table.exports().size());
        });
        return result;
    }

    /** Where NFS is served. */
    public InetSocketAddress address() {
        return address;
    }

    /** What the operator should know after the start, in words. */
    public List<String> warnings() {
        return warnings;
    }

    public ServeConfig config() {
        return config;
    }

    public CurrentExports exports() {
        return exports;
    }

    public CallStatistics statistics() {
        return statistics;
    }

    public RpcServer rpc() {
        return rpc;
    }

    public LocalTree tree() {
        return tree;
    }

    /** What the journal and everything around it have done; null on a standby. */
    public @Nullable TreeStatistics treeStatistics() {
        JournaledTree served = journaled;
        return served == null ? null : served.statistics();
    }

    /** This server as one of a pair. */
    public Twin twin() {
        return Objects.requireNonNull(twin);
    }

    Path controlSocket() {
        return state.controlSocket();
    }

    public MountList mounts() {
        return mounts;
    }

    public Instant started() {
        return started;
    }

    /** Id of the directory of an export, or null while it cannot be served. */
    @Nullable Long rootOf(Export export) {
        return bound.root(export.number());
    }

    /** Exports whose directories cannot be served now, and why. */
    public List<Problem> missing() {
        return new ArrayList<>(bound.missing().values());
    }

    /** The address that clients should mount from: the one bound to, or the first in a private network. */
    public InetAddress mountAddress() {
        InetAddress listening = address.getAddress();
        if (!listening.isAnyLocalAddress()) {
            return listening;
        }
        return HostNetworks.cards().stream()
                .map(HostNetworks.Card::address)
                .findFirst()
                .orElse(InetAddress.getLoopbackAddress());
    }

    /** Takes no more calls and finishes those under way; true when all were finished within the time. */
    public boolean stop(Duration atMost) throws InterruptedException, IOException {
        boolean finished = rpc.stop(atMost);
        if (twin != null && finished) {
            twin.signOff();
        }
        close();
        return finished;
    }

    @Override
    public void close() throws IOException {
        chores.shutdownNow();
        rpc.close();
        if (twin != null) {
            twin.close();
        }
        if (journaled != null) {
            journaled.close();
        }
        tree.close();
        names.close();
        state.close();
    }
}
