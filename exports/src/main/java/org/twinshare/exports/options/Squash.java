package org.twinshare.exports.options;

import com.google.common.primitives.ImmutableIntArray;
import org.twinshare.exports.options.Credential.AuthNone;
import org.twinshare.exports.options.Credential.AuthSys;

/**
 * How an export turns a caller's credential into the identity that is served (exports(5), "User ID Mapping"). It
 * follows the Linux kernel server: root's uid and gid are mapped apart, gid 0 is mapped among the supplementary
 * groups too, and an id of 4294967295, which is nobody's, becomes the anonymous one whatever the options.
 *
 * @param rootSquash   maps uid 0 and gid 0; has no effect beside {@code allSquash}
 * @param allSquash    maps everybody, and drops the supplementary groups
 * @param anonymousUid the uid to map to, unsigned
 * @param anonymousGid the gid to map to, unsigned
 */
public record Squash(boolean rootSquash, boolean allSquash, int anonymousUid, int anonymousGid) {

    /** uid and gid of the anonymous user where no option says otherwise (exports(5)). */
    public static final int NOBODY = 65534;

    /** What an entry without options does. */
    public static final Squash DEFAULT = new Squash(true, false, NOBODY, NOBODY);

    private static final int INVALID_ID = -1;

    /** The identity to serve the call as. */
    public Identity squash(Credential credential) {
        return switch (credential) {
            case AuthNone none -> anonymous();
            case AuthSys sys ->
                allSquash
                        ? anonymous()
                        : new Identity(squashUid(sys.uid()), squashGid(sys.gid()), squashGroups(sys.groups()));
        };
    }

    /** The anonymous user and group, in no further group. */
    public Identity anonymous() {
        return new Identity(anonymousUid, anonymousGid, ImmutableIntArray.of());
    }

    /** What happens to whom, as one clause for an operator. */
    public String words() {
        String anonymous = Integer.toUnsignedString(anonymousUid) + ":" + Integer.toUnsignedString(anonymousGid);
        if (allSquash) {
            return "everyone becomes " + anonymous;
        }
        if (rootSquash) {
            return "root becomes " + anonymous + ", everyone else keeps uid and gid";
        }
        return "nobody is mapped: root on the client is root here";
    }

    private int squashUid(int uid) {
        return uid == INVALID_ID || (rootSquash && uid == 0) ? anonymousUid : uid;
    }

    private int squashGid(int gid) {
        return gid == INVALID_ID || (rootSquash && gid == 0) ? anonymousGid : gid;
    }

    private ImmutableIntArray squashGroups(ImmutableIntArray groups) {
        if (!rootSquash || !groups.contains(0)) {
            return groups;
        }
        ImmutableIntArray.Builder mapped = ImmutableIntArray.builder(groups.length());
        groups.forEach(group -> mapped.add(group == 0 ? anonymousGid : group));
        return mapped.build();
    }
}
