package org.twinshare.exports.options;

import com.google.common.primitives.ImmutableIntArray;

/**
 * As whom a call is served, after squashing. All ids are unsigned 32-bit numbers in an int.
 *
 * @param groups the supplementary groups, which need not contain {@code gid}
 */
public record Identity(int uid, int gid, ImmutableIntArray groups) {

    /** True for uid 0, which may do everything. */
    public boolean isRoot() {
        return uid == 0;
    }
}
