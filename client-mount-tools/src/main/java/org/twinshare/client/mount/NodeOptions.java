package org.twinshare.client.mount;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.twinshare.client.node.Node;
import org.twinshare.exports.MountLine;

/** The mount options for a share on one node: the line that is the same everywhere, and what this node's kernel adds. */
final class NodeOptions {
    private static final int NCONNECT_MAJOR = 5;
    private static final int NCONNECT_MINOR = 3;

    private static final MountLine.Option NCONNECT = new MountLine.Option(
            "nconnect=4",
            "four connections instead of one, so that a large transfer does not hold up small calls (Linux 5.3 and later)");

    private NodeOptions() {}

    static List<MountLine.Option> explained(Node node, Share share) {
        List<MountLine.Option> options = new ArrayList<>(MountLine.explained(share.server(), share.port()));
        if (kernelHasNconnect(node.read(Path.of("/proc/sys/kernel/osrelease")).orElse(""))) {
            options.add(NCONNECT);
        }
        return options;
    }

    static String text(List<MountLine.Option> options) {
        return options.stream().map(MountLine.Option::text).collect(Collectors.joining(","));
    }

    /** From a release such as 6.1.0-18-amd64. */
    static boolean kernelHasNconnect(String release) {
        List<String> numbers = Splitter.onPattern("[^0-9]+").limit(3).splitToList(release.strip());
        if (numbers.size() < 2 || numbers.get(0).isEmpty() || numbers.get(1).isEmpty()) {
            return false;
        }
        int major = Integer.parseInt(numbers.get(0));
        int minor = Integer.parseInt(numbers.get(1));
        return major > NCONNECT_MAJOR || major == NCONNECT_MAJOR && minor >= NCONNECT_MINOR;
    }
}
