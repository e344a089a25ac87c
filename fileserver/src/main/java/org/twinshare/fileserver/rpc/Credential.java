package org.twinshare.fileserver.rpc;

import java.util.Arrays;

/**
 * Who the client says is asking (RFC 5531 section 8): AUTH_SYS with user and groups, or AUTH_NONE. User and group numbers
 * are unsigned. Nothing of it is proven.
 *
 * @param system false for AUTH_NONE, which says nothing
 */
public record Credential(boolean system, int uid, int gid, int[] groups) {
    /** AUTH_NONE. */
    public static final Credential NONE = new Credential(false, -1, -1, new int[0]);

    @Override
    public boolean equals(Object other) {
        return other instanceof Credential credential
                && system == credential.system
                && uid == credential.uid
                && gid == credential.gid
                && Arrays.equals(groups, credential.groups);
    }

    @Override
    public int hashCode() {
        return uid + 31 * (gid + 31 * Arrays.hashCode(groups));
    }
}
