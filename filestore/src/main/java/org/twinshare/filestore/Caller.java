package org.twinshare.filestore;

import java.util.Arrays;

/**
 * Who asks, and through which export: the identity after squashing, and the directory that bounds what may be reached.
 *
 * @param root   id of the exported directory; nothing outside of it exists for this caller
 * @param groups supplementary groups, sorted or not; not to be changed
 * @param async  the export answers before a change is durable (exports(5), async)
 */
public record Caller(long root, int uid, int gid, int[] groups, boolean async) {

    /** Root itself, not squashed, in the export with this root. */
    public static Caller root(long root) {
        return new Caller(root, 0, 0, new int[0], false);
    }

    public boolean isRoot() {
        return uid == 0;
    }

    /** Whether the caller has this group, as its own or as a supplementary one. */
    public boolean isIn(int group) {
        if (gid == group) {
            return true;
        }
        for (int supplementary : groups) {
            if (supplementary == group) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Caller caller
                && root == caller.root
                && uid == caller.uid
                && gid == caller.gid
                && async == caller.async
                && Arrays.equals(groups, caller.groups);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(root) + 31 * (uid + 31 * (gid + 31 * Arrays.hashCode(groups)));
    }
}
