package org.twinshare.fileserver.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of one source are told, and what they say: the meeting point of a publish and of their long polls. A release
 * is first told as one to stage, then as the live one. Thread-safe.
 */
final class Rollout {
    /** A node that has been silent for longer does not keep a publish waiting. */
    private static final long KNOWN_FOR_NS = TimeUnit.SECONDS.toNanos(40);
    /** A node that has been silent for longer is no longer shown. */
    private static final long SHOWN_FOR_NS = TimeUnit.DAYS.toNanos(7);

    private static final int MOST_NODES = 4096;

    private final Map<String, Seen> nodes = new TreeMap<>();
    /** Never what a node still has from a server before. */
    private long version = System.currentTimeMillis();

    private @Nullable Release staging;
    private @Nullable Release live;
    private boolean allowVanished;

    /** A node and its last report. */
    record Seen(NodeReport report, String address, long atNs) {}

    /** What nodes are told. */
    record News(
            long version, @Nullable String stage, @Nullable String live, boolean allowVanished) {}

    /** Who has staged a release, who could not, and who has not said anything in time. */
    record Staged(Set<String> ready, Map<String, NodeReport> failed, Set<String> silent) {}

    synchronized void begin(Optional<Release> alreadyLive) {
        live = alreadyLive.orElse(null);
    }

    /** Notes the report, and waits for news that the node does not have. */
    synchronized News poll(NodeReport report, String address, Duration atMost) throws InterruptedException {
        note(report, address);
        long deadline = System.nanoTime() + atMost.toNanos();
        while (report.known() == version && deadline - System.nanoTime() > 0) {
            waitUntil(deadline);
        }
        note(report, address);
        return new News(version, name(staging), name(live), allowVanished);
    }

    private void note(NodeReport report, String address) {
        Seen before = nodes.get(report.node());
        boolean newer = before == null || !before.report.equals(report) || !before.address.equals(address);
        nodes.put(report.node(), new Seen(report, address, System.nanoTime()));
        if (nodes.size() > MOST_NODES) {
            nodes.values().removeIf(seen -> System.nanoTime() - seen.atNs > KNOWN_FOR_NS);
        }
        if (newer) {
            notifyAll();
        }
    }

    private void waitUntil(long deadlineNs) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadlineNs - System.nanoTime()));
    }

    private static @Nullable String name(@Nullable Release release) {
        return release == null ? null : release.name();
    }

    /** First phase: asks the nodes to stage a release, and waits until all that answer have said how it went. */
    synchronized Staged stage(Release release, boolean vanishedIsMeant, Duration atMost) throws InterruptedException {
        staging = release;
        allowVanished = vanishedIsMeant;
        tell();
        long deadline = System.nanoTime() + atMost.toNanos();
        Staged staged = staged(release);
        while (!staged.silent.isEmpty() && deadline - System.nanoTime() > 0) {
            waitUntil(deadline);
            staged = staged(release);
        }
        return staged;
    }

    private Staged staged(Release release) {
        Set<String> ready = new TreeSet<>();
        Map<String, NodeReport> failed = new TreeMap<>();
        Set<String> silent = new TreeSet<>();
        for (Seen seen : watching()) {
            NodeReport report = seen.report;
            if (release.name().equals(report.staged()) || release.name().equals(report.live())) {
                ready.add(report.node());
            } else if (release.name().equals(report.failed())) {
                failed.put(report.node(), report);
            } else {
                silent.add(report.node());
            }
        }
        return new Staged(ready, failed, silent);
    }

    /** A node that does not watch takes the release when it asks the next time. */
    private Collection<Seen> watching() {
        long now = System.nanoTime();
        return nodes.values().stream()
                .filter(seen -> seen.report.watch() && now - seen.atNs < KNOWN_FOR_NS)
                .toList();
    }

    /** Second phase: all flip. */
    synchronized void flip(Release release) {
        staging = null;
        live = release;
        tell();
    }

    /** Nobody is to stage anything any more. */
    synchronized void withdraw() {
        staging = null;
        tell();
    }

    private void tell() {
        version++;
        notifyAll();
    }

    /** Waits until the nodes that were ready serve the release; returns those that do not. */
    synchronized Set<String> flipped(Release release, Set<String> ready, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        Set<String> missing = missing(release, ready);
        while (!missing.isEmpty() && deadline - System.nanoTime() > 0) {
            waitUntil(deadline);
            missing = missing(release, ready);
        }
        return missing;
    }

    private Set<String> missing(Release release, Set<String> ready) {
        Set<String> missing = new TreeSet<>(ready);
        missing.removeIf(node -> {
            Seen seen = nodes.get(node);
            return seen != null && release.name().equals(seen.report.live());
        });
        return missing;
    }

    /** All nodes heard of lately, by name. */
    synchronized List<Seen> nodes() {
        nodes.values().removeIf(seen -> System.nanoTime() - seen.atNs > SHOWN_FOR_NS);
        return new ArrayList<>(nodes.values());
    }
}
