package org.twinshare.client.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.mount.Share;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.LiveMount;
import org.twinshare.client.node.Node;

/**
 * Which share a command is about, where not all of it was said.
 *
 * @param source     server and path
 * @param mountPoint where it is, or is to be, mounted; none when only the server is meant
 */
record ShareChoice(Share.Source source, Optional<Path> mountPoint) {

    /** From up to two words, SERVER:/PATH and MOUNTPOINT in this order, and from what is mounted. */
    static ShareChoice of(Node node, List<String> words) throws Failure {
        List<LiveMount> live = LiveMount.ofNfs(node);
        if (words.isEmpty()) {
            return only(live);
        }
        Optional<Share.Source> source = Share.Source.of(words.getFirst());
        if (source.isEmpty()) {
            Path mountPoint = Share.mountPoint(words.getFirst());
            LiveMount mount = live.stream()
                    .filter(each -> each.mountPoint().equals(mountPoint))
                    .findFirst()
                    .orElseThrow(() -> unknown("no share is mounted at " + mountPoint, live));
            return of(mount);
        }
        if (words.size() > 1) {
            return new ShareChoice(source.get(), Optional.of(Share.mountPoint(words.get(1))));
        }
        Optional<Path> mounted = live.stream()
                .filter(each -> each.source().equals(words.getFirst()))
                .map(LiveMount::mountPoint)
                .findFirst();
        return new ShareChoice(source.get(), mounted);
    }

    /** A mount point that was named, or the only one there is. */
    static Path mountPoint(Node node, @Nullable String named) throws Failure {
        return named == null ? only(LiveMount.ofNfs(node)).mountPoint().orElseThrow() : Share.mountPoint(named);
    }

    private static ShareChoice only(List<LiveMount> live) throws Failure {
        if (live.size() != 1) {
            throw unknown(live.isEmpty() ? "no share is mounted here" : "more than one share is mounted here", live);
        }
        return of(live.getFirst());
    }

    private static ShareChoice of(LiveMount mount) throws Failure {
        Share.Source source = Share.Source.of(mount.source())
                .orElseThrow(() -> unknown("what is mounted at " + mount.mountPoint() + " has no server", List.of()));
        return new ShareChoice(source, Optional.of(mount.mountPoint()));
    }

    private static Failure unknown(String what, List<LiveMount> live) {
        String mounted = live.stream()
                .map(each -> each.source() + " at " + each.mountPoint())
                .collect(Collectors.joining("\n"));
        return new Failure(
                Failure.Kind.FAILED,
                what,
                mounted.isEmpty() ? "" : "mounted:\n" + mounted,
                "name it:  SERVER:/PATH MOUNTPOINT");
    }
}
