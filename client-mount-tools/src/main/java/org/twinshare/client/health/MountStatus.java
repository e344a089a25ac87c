package org.twinshare.client.health;

import java.time.Duration;
import java.util.List;
import org.twinshare.client.node.LiveMount;
import org.twinshare.client.node.MountAnswer;
import org.twinshare.client.node.Node;

/** One NFS mount of this node and what it answers. */
public record MountStatus(LiveMount mount, MountAnswer answer) {

    /** All of them, each given this long to answer. */
    public static List<MountStatus> all(Node node, Duration patience) {
        return LiveMount.ofNfs(node).stream()
                .map(each -> new MountStatus(each, MountAnswer.of(node, each.mountPoint(), patience)))
                .toList();
    }

    public boolean isWell() {
        return answer instanceof MountAnswer.Answered;
    }
}
