package org.twinshare.client.health;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.twinshare.client.node.LiveMount;
import org.twinshare.client.node.MountAnswer;
import org.twinshare.client.node.Node;
import org.twinshare.exports.Problem;

/** The share is mounted, answers within a second, and has room. */
public final class ShareVital implements Vital {
    /** How long a healthy share may take to answer. */
    public static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Node node;
    private final Path mountPoint;
    private final int fullPercent;

    /** @param fullPercent from how much of the disk in use on it counts as full: 1 to 100 */
    public ShareVital(Node node, Path mountPoint, int fullPercent) {
        this.node = node;
        this.mountPoint = mountPoint;
        this.fullPercent = fullPercent;
    }

    @Override
    public Optional<Problem> ailment() {
        if (LiveMount.at(node, mountPoint).filter(LiveMount::isNfs).isEmpty()) {
            return Optional.of(new Problem(
                    "nothing is mounted at " + mountPoint, "", "twinmount mount SERVER:/PATH " + mountPoint));
        }
        return switch (MountAnswer.of(node, mountPoint, PATIENCE)) {
            case MountAnswer.Answered answered -> fullness(answered);
            case MountAnswer.Silent silent ->
                Optional.of(new Problem(
                        mountPoint + " does not answer within " + PATIENCE.toMillis() + " ms",
                        "the server is away",
                        "twinmount doctor"));
            case MountAnswer.Failed failed ->
                Optional.of(new Problem(mountPoint + " answers with an error", failed.message(), "twinmount doctor"));
        };
    }

    private Optional<Problem> fullness(MountAnswer.Answered answered) {
        if (answered.usedPercent() < fullPercent) {
            return Optional.empty();
        }
        return Optional.of(new Problem(
                "the disk of " + mountPoint + " is full: " + answered.usedPercent() + " % used",
                answered.freeBytes() / (1 << 20) + " MiB are free",
                "make room on the server, or raise --full"));
    }
}
