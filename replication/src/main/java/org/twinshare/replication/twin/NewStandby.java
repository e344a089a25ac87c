package org.twinshare.replication.twin;

import java.io.IOException;
import java.nio.file.Path;
import org.twinshare.filestore.identity.ClusterKey;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.channel.Joined;
import org.twinshare.replication.pair.Invitation;
import org.twinshare.replication.pair.Joining;
import org.twinshare.replication.pair.PairIdentity;
import org.twinshare.replication.role.RoleFile;
import org.twinshare.replication.role.RoleState;
import org.twinshare.replication.role.Terms;

/** Makes a state directory that nothing was served from the state of a new standby. Has no state. */
public final class NewStandby {
    private NewStandby() {}

    /**
     * Joins the pair of the server that invites.
     *
     * @param state taken by the caller, so that no server runs with it
     * @param name  by which the other server speaks of this one
     * @return name of the other server
     */
    public static String join(Path state, String name, String line) throws IOException, RefusedException {
        Invitation invitation = Invitation.parse(line);
        if (ClusterKey.isIn(state) && !PairIdentity.isIn(state)) {
            throw new RefusedException(
                    "the state directory " + state + " belongs to a server of its own",
                    "files that it served have identities from there, which would be lost",
                    "give the standby a new one with --state, or remove that one if nothing is served from it any more");
        }
        PairIdentity identity = PairIdentity.open(state, name);
        Joined joined = Joining.join(identity, invitation, answer -> keep(state, answer));
        return joined.name();
    }

    private static void keep(Path state, Joined joined) throws IOException {
        joined.key().writeTo(state);
        RoleFile unused =
                RoleFile.create(state, joined.key().clusterId(), RoleState.newStandby(joined.epoch(), Terms.DEFAULT));
    }
}
