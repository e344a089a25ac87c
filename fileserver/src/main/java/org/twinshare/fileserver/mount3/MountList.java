package org.twinshare.fileserver.mount3;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which client has mounted what, as far as it told us: clients that went without a word stay in it (RFC 1813 section 5.2.2).
 * Bounded, the oldest go first. Thread-safe.
 */
public final class MountList {
    private static final int MOST = 4096;

    /** A client and a path. */
    public record Mount(InetAddress client, byte[] path) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Mount mount && client.equals(mount.client) && Arrays.equals(path, mount.path);
        }

        @Override
        public int hashCode() {
            return 31 * client.hashCode() + Arrays.hashCode(path);
        }
    }

    private final Set<Mount> mounts = new LinkedHashSet<>();

    synchronized void add(Mount mount) {
        mounts.remove(mount);
        mounts.add(mount);
        if (mounts.size() > MOST) {
            mounts.remove(mounts.iterator().next());
        }
    }

    synchronized void remove(Mount mount) {
        mounts.remove(mount);
    }

    synchronized void removeAll(InetAddress client) {
        mounts.removeIf(mount -> mount.client.equals(client));
    }

    /** The oldest first. */
    public synchronized List<Mount> all() {
        return new ArrayList<>(mounts);
    }
}
