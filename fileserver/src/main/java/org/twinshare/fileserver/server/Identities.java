package org.twinshare.fileserver.server;

import com.google.common.primitives.ImmutableIntArray;
import org.twinshare.exports.options.Credential;
import org.twinshare.exports.options.Identity;
import org.twinshare.exports.options.Squash;
import org.twinshare.filestore.Caller;

/**
 * Turns credentials into callers: squashes them, looks their groups up where the server is to do that, and without root takes
 * everybody for the server's own user. Thread-safe.
 */
final class Identities {
    /** Finds the groups of a user on this server. */
    interface GroupLookup {
        /** All groups of a user, or those that it claims where the user is not known here. Quick once it was asked. */
        ImmutableIntArray groupsOf(int uid, ImmutableIntArray claimed);
    }

    private final GroupLookup groups;
    private final boolean ownUserOnly;
    private final int ownUid;
    private final int ownGid;

    private Identities(GroupLookup groups, boolean ownUserOnly, int ownUid, int ownGid) {
        this.groups = groups;
        this.ownUserOnly = ownUserOnly;
        this.ownUid = ownUid;
        this.ownGid = ownGid;
    }

    /** For a server that runs as root and gives files to the users that they belong to. */
    static Identities ofCallers(GroupLookup groups) {
        return new Identities(groups, false, 0, 0);
    }

    /** For a server without root: whoever calls acts as the server's own user. */
    static Identities ofServer(int ownUid, int ownGid) {
        return new Identities((uid, claimed) -> claimed, true, ownUid, ownGid);
    }

    /** The caller behind a credential, in the export with this root. */
    Caller caller(long root, Squash squash, boolean async, Credential credential) {
        if (ownUserOnly) {
            return new Caller(root, ownUid, ownGid, new int[0], async);
        }
        Identity identity = squash.squash(credential);
        ImmutableIntArray all = groups.groupsOf(identity.uid(), identity.groups());
        return new Caller(root, identity.uid(), identity.gid(), all.toArray(), async);
    }
}
