package org.twinshare.client.pull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.twinshare.client.node.Node;
import org.twinshare.exports.Problem;

/**
 * A pulled tree as its {@code status.json} tells, for whoever only looks: no lock is taken, and no server is asked.
 *
 * @param live    the release that is live here
 * @param staged  what could be flipped to at once
 * @param offered the live release of the server, as far as this node knows
 * @param held    what was rolled back on this node
 * @param behind  for how long this node has known of a release that is not live here; zero for one that follows
 * @param heard   since when nothing was heard of the server
 * @param watched whether a process is there that follows each release
 * @param error   what went wrong last
 */
public record TreeStatus(
        String source,
        Path target,
        String server,
        Optional<String> live,
        Optional<String> staged,
        Optional<String> offered,
        Optional<String> held,
        Duration behind,
        Duration heard,
        boolean watched,
        Optional<Problem> error) {
    /** Where the recipe has it. */
    private static final Path USUAL = Path.of("/usr/local/localSource");

    /** The trees of a node: those that were named, or else the usual one, and those with units of {@code --boot}. */
    public static List<TreeStatus> all(Node node, List<Path> named, Instant now) {
        Set<Path> targets = new LinkedHashSet<>();
        named.forEach(target -> targets.add(target.toAbsolutePath().normalize()));
        if (named.isEmpty()) {
            targets.add(USUAL);
            targets.addAll(BootUnits.targets(node));
        }
        return targets.stream()
                .filter(target -> target.getNameCount() > 0)
                .flatMap(target -> node
                        .read(new Layout(target).stateFile())
                        .map(text -> of(node, target, NodeState.parse(text), now))
                        .stream())
                .toList();
    }

    private static TreeStatus of(Node node, Path target, NodeState state, Instant now) {
        boolean follows = state.offered == null || state.offered.equals(state.live);
        return new TreeStatus(
                state.source,
                target,
                state.server,
                Optional.ofNullable(state.live),
                Optional.ofNullable(state.staged),
                Optional.ofNullable(state.offered),
                Optional.ofNullable(state.held),
                follows ? Duration.ZERO : since(state.offeredAtMs, now),
                since(state.contactAtMs, now),
                isThere(node, state.watcher),
                Optional.ofNullable(state.error));
    }

    private static Duration since(long atMs, Instant now) {
        Duration since = Duration.between(Instant.ofEpochMilli(atMs), now);
        return since.isNegative() ? Duration.ZERO : since;
    }

    /** A number that was given to another process since does not count. */
    private static boolean isThere(Node node, long watcher) {
        return watcher > 0
                && node.read(Path.of("/proc", Long.toString(watcher), "cmdline"))
                        .filter(words -> words.contains("\0pull\0"))
                        .isPresent();
    }

    /** Whether the live release of the server is live here, and nothing went wrong. */
    public boolean isWell() {
        return live.isPresent() && live.equals(offered) && error.isEmpty();
    }
}
