package org.twinshare.client.node;

import com.google.common.base.Splitter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a mount says when it is asked for its free space, which the kernel's client asks the server each time. */
public sealed interface MountAnswer {

    /** It is alive. */
    record Answered(long totalBytes, long freeBytes, Duration took) implements MountAnswer {
        /** The share of the disk that is in use, as df(1) shows it: 0 to 100. */
        public int usedPercent() {
            return totalBytes == 0 ? 0 : (int) Math.ceilDiv((totalBytes - freeBytes) * 100, totalBytes);
        }
    }

    /** It said nothing in time. */
    record Silent(Duration waited) implements MountAnswer {}

    /** It answered with an error. */
    record Failed(String message) implements MountAnswer {
        public boolean isStale() {
            return message.contains("Stale file handle");
        }
    }

    /** Asks by a program of its own, which hangs instead of this one. */
    static MountAnswer of(Node node, Path mountPoint, Duration patience) {
        long begun = System.nanoTime();
        Ended asked = node.run(patience, List.of("stat", "-f", "-c", "%S %b %a", mountPoint.toString()));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        if (asked.timedOut()) {
            return new Silent(patience);
        }
        List<String> numbers = Splitter.on(' ').splitToList(asked.out().strip());
        if (!asked.isOk() || numbers.size() != 3) {
            return new Failed(asked.complaint());
        }
        long blockBytes = Long.parseLong(numbers.get(0));
        return new Answered(
                blockBytes * Long.parseLong(numbers.get(1)), blockBytes * Long.parseLong(numbers.get(2)), took);
    }
}
