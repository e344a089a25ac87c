package org.twinshare.fileserver.source;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;
import org.twinshare.exports.table.ExportTable;

/** One source: its releases, its nodes, and what is done with them. Thread-safe; one change at a time. */
final class SourceTree {
    private static final Duration FLIP_WITHIN = Duration.ofSeconds(5);

    private final SourceSetting setting;
    private final ReleaseStore store;
    private final Host host;
    private final Ahead ahead;
    private final Rollout rollout = new Rollout();
    private final ReentrantLock changing = new ReentrantLock();
    private volatile NodeNetworks networks = new NodeNetworks(List.of(), List.of());

    SourceTree(SourceSetting setting, ReleaseStore store, Host host) {
        this.setting = setting;
        this.store = store;
        this.host = host;
        this.ahead = new Ahead(store);
    }

    void prepare() throws IOException {
        store.prepare();
        rollout.begin(store.live());
    }

    /** Looks the nodes up again; true when their addresses are others than before. */
    boolean refreshNodes(ExportTable exports) {
        NodeNetworks now = NodeNetworks.of(setting, exports)
                .with(host.twin().map(Host.Twin::address).orElse(null));
        boolean changed = !now.equals(networks);
        networks = now;
        return changed;
    }

    /** Makes ready what the next publish begins with; while one is under way, its release is not the live one yet. */
    void prepareNext() throws IOException {
        if (host.isRoot() && !changing.isLocked()) {
            ahead.copy();
        }
    }

    NodeNetworks networks() {
        return networks;
    }

    boolean allows(InetAddress node) {
        return networks.allow(node);
    }

    SourceSetting setting() {
        return setting;
    }

    ReleaseStore store() {
        return store;
    }

    Rollout rollout() {
        return rollout;
    }

    /** The manifest of a release, or nothing where there is no such release. */
    Optional<Path> manifest(String name) throws IOException {
        return kept(name).map(store::manifestFile);
    }

    /** The same of what else is known of it. */
    Optional<Path> facts(String name) throws IOException {
        return kept(name).map(store::factsFile);
    }

    private Optional<Release> kept(String name) throws IOException {
        Optional<Release> release = Release.parse(name);
        return release.isPresent() && store.all().contains(release.get()) ? release : Optional.empty();
    }

    /** Fetches a release of the primary's. */
    interface Fetch {
        void into(ReleaseStore store) throws IOException, InterruptedException, SourceRefused;
    }

    /** Lets a release of the primary's be fetched; a server that has just taken over publishes nothing meanwhile. */
    void receive(Fetch fetch) throws IOException, InterruptedException, SourceRefused {
        changing.lock();
        try {
            fetch.into(store);
        } finally {
            changing.unlock();
        }
    }

    /** A release of the primary's, which this server has, is the live one. */
    void follow(Release release) throws IOException {
        changing.lock();
        try {
            store.makeLive(release);
            // The working tree here is compared by content with a release that it did not come from.
            Files.deleteIfExists(store.stamp());
            rollout.flip(release);
            store.prune(setting.keep());
        } finally {
            changing.unlock();
        }
    }

    /** How a publish or a rollback ended, as the command shows it. Names of nodes, and the problem of each that failed. */
    record Published(
            String release,
            boolean changed,
            boolean live,
            long files,
            long bytes,
            List<String> warnings,
            Set<String> flipped,
            Map<String, Problem> failed,
            Set<String> silent,
            Set<String> late,
            long millis) {}

    /** Freezes the working tree, lets the nodes stage it, and lets all flip together. */
    Published publish(boolean allowVanished, String note, Duration stageWithin)
            throws IOException, SourceRefused, InterruptedException {
        long begun = System.nanoTime();
        take();
        try {
            Freezer.Frozen frozen = freeze(allowVanished, note);
            if (!frozen.changed()) {
                return unchanged(frozen, begun);
            }
            Published published = rollOut(frozen.release(), allowVanished, frozen.warnings(), stageWithin, begun);
            store.prune(setting.keep());
            return published;
        } finally {
            changing.unlock();
        }
    }

    private Freezer.Frozen freeze(boolean allowVanished, String note) throws IOException, SourceRefused {
        Freezer.checkWorkingTree(setting, host);
        Optional<Release> live = store.live();
        boolean large = live.isPresent() && store.facts(live.get()).files() > TreeProcess.IN_SERVER_AT_MOST
                || TreeProcess.isLarge(setting.path());
        return large
                ? TreeProcess.freeze(setting, store, host.isRoot(), allowVanished, note)
                : new Freezer(setting, store, ahead, host.isRoot()).freeze(allowVanished, note);
    }

    private void take() throws SourceRefused {
        if (!changing.tryLock()) {
            throw SourceRefused.failed(
                    setting.name() + " is being published or rolled back right now",
                    "one change at a time",
                    "wait for it:  twinshare source status " + setting.name());
        }
    }

    private Published unchanged(Freezer.Frozen frozen, long begun) throws IOException {
        ReleaseStore.Facts facts = store.facts(frozen.release());
        return new Published(
                frozen.release().name(),
                false,
                true,
                facts.files(),
                facts.bytes(),
                frozen.warnings(),
                Set.of(),
                Map.of(),
                Set.of(),
                Set.of(),
                millisSince(begun));
    }

    /** Where nodes answered and not one could take the release, it does not become the live one. */
    private Published rollOut(
            Release release, boolean vanishedIsMeant, List<String> warnings, Duration stageWithin, long begun)
            throws IOException, SourceRefused, InterruptedException {
        Rollout.Staged staged = rollout.stage(release, vanishedIsMeant, stageWithin);
        if (staged.ready().isEmpty() && !staged.failed().isEmpty()) {
            rollout.withdraw();
            Map.Entry<String, NodeReport> first =
                    staged.failed().entrySet().iterator().next();
            Problem why = reason(first.getValue());
            throw SourceRefused.unsafe(
                    "refused by every node that answered; " + release.name() + " is not live",
                    first.getKey() + ": " + why.what() + "\n" + why.cause(),
                    why.remedy());
        }
        store.makeLive(release);
        rollout.flip(release);
        Set<String> late = rollout.flipped(release, staged.ready(), FLIP_WITHIN);
        List<String> flipped =
                staged.ready().stream().filter(node -> !late.contains(node)).toList();
        ReleaseStore.Facts facts = store.facts(release);
        return new Published(
                release.name(),
                true,
                true,
                facts.files(),
                facts.bytes(),
                warnings,
                new java.util.TreeSet<>(flipped),
                problems(staged.failed()),
                staged.silent(),
                late,
                millisSince(begun));
    }

    private static Map<String, Problem> problems(Map<String, NodeReport> failed) {
        Map<String, Problem> problems = new java.util.TreeMap<>();
        failed.forEach((node, report) -> problems.put(node, reason(report)));
        return problems;
    }

    private static Problem reason(NodeReport report) {
        Problem error = report.error();
        return error == null ? new Problem("it did not say why", "", "twinmount status  on " + report.node()) : error;
    }

    private static long millisSince(long begunNs) {
        return (System.nanoTime() - begunNs) / 1_000_000;
    }

    /** Publishes the content of an earlier release again, under a new number. */
    Published rollback(@Nullable String to, Duration stageWithin)
            throws IOException, SourceRefused, InterruptedException {
        long begun = System.nanoTime();
        take();
        try {
            Release old = earlier(to);
            Release release = store.renumber(old, "rollback to " + old.name());
            // The working tree is now compared by content with a release that it did not come from.
            Files.deleteIfExists(store.stamp());
            return rollOut(release, true, List.of(), stageWithin, begun);
        } finally {
            changing.unlock();
        }
    }

    private Release earlier(@Nullable String to) throws IOException, SourceRefused {
        Optional<Release> live = store.live();
        List<Release> others = store.all().stream()
                .filter(release -> !live.equals(Optional.of(release)))
                .toList();
        Optional<Release> wanted = to == null
                ? others.stream()
                        .filter(release -> live.isPresent() && release.compareTo(live.get()) < 0)
                        .reduce((first, second) -> second)
                : others.stream()
                        .filter(release -> release.name().equals(to)
                                || Long.toString(release.sequence()).equals(to))
                        .findFirst();
        return wanted.orElseThrow(() -> {
            List<String> names = new ArrayList<>();
            others.forEach(release -> names.add(release.name()));
            return SourceRefused.failed(
                    "cannot roll " + setting.name() + " back" + (to == null ? "" : " to " + to),
                    others.isEmpty() ? "no other release is kept" : "kept are: " + String.join(", ", names),
                    "twinshare source list " + setting.name());
        });
    }

    /** Copies the live release into an empty or missing directory, to be worked on and published from. */
    String checkout(@Nullable Path into) throws IOException, SourceRefused {
        Path directory = into == null ? setting.path() : into;
        Release live = store.live()
                .orElseThrow(() -> SourceRefused.failed(
                        "nothing of " + setting.name() + " is published",
                        "there is no live release",
                        "twinshare source publish " + setting.name()));
        Files.createDirectories(directory);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            if (entries.iterator().hasNext()) {
                throw SourceRefused.unsafe(
                        "refused: " + directory + " is not empty",
                        "a checkout could overwrite what is there",
                        "name an empty directory:  twinshare source checkout " + setting.name() + " DIR");
            }
        }
        SystemProgram.output(
                Path.of("/"),
                // Nanoseconds count too: a link that is made within the second of the other would keep its own time.
                List.of(
                        "rsync",
                        "-a",
                        "--modify-window=-1",
                        "--numeric-ids",
                        "--",
                        store.tree(live) + "/",
                        directory + "/"),
                new byte[0]);
        return Objects.requireNonNull(directory).toString();
    }
}
