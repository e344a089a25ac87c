package org.twinshare.replication.ship;

import java.io.IOException;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.channel.Hello;
import org.twinshare.replication.channel.MalformedMessage;
import org.twinshare.replication.channel.Message;
import org.twinshare.replication.channel.Refuse;

/** What two servers that have just connected are to each other. */
public enum Meeting {
    /** This one ships to the other. */
    SHIP,
    /** This one follows the other. */
    FOLLOW,
    /** The other has heard of a newer epoch than the one that this server answers in. */
    FENCED,
    /** Neither ships; the other one will change its role, or an operator will. */
    WAIT;

    /**
     * Exchanges the first messages.
     *
     * @return what the other server says of itself
     * @throws RefusedException when the two do not belong together, or the other one says so
     */
    public static Hello exchange(Connection connection, Hello ours) throws IOException, RefusedException {
        connection.send(ours);
        Message first = connection.receive();
        if (first instanceof Refuse refuse) {
            throw new RefusedException(refuse.refusal());
        }
        if (!(first instanceof Hello theirs)) {
            throw new MalformedMessage("the first message is " + first.type());
        }
        if (theirs.clusterId() != ours.clusterId()) {
            throw refused(
                    connection,
                    theirs.name() + " belongs to another pair of servers",
                    "its cluster id is %016x, and here it is %016x".formatted(theirs.clusterId(), ours.clusterId()),
                    "bring back the state directory or the disk that belongs here, or add it with standby add");
        }
        if (ours.role().leads() && theirs.role().leads() && ours.epoch() == theirs.epoch()) {
            throw refused(
                    connection,
                    ours.name() + " and " + theirs.name() + " both say that they are the primary of epoch "
                            + ours.epoch(),
                    "one state directory was copied, or one disk is older than the other",
                    "find out which one the clients use, stop the other one and make it a new standby");
        }
        return theirs;
    }

    private static RefusedException refused(Connection connection, String what, String cause, String remedy)
            throws IOException {
        RefusedException refused = new RefusedException(what, cause, remedy);
        connection.send(new Refuse(refused.refusal()));
        return refused;
    }

    /** What this server does, by what both have said. */
    public static Meeting of(Hello ours, Hello theirs) {
        if (ours.role().leads()) {
            if (theirs.newestEpoch() > ours.epoch()) {
                return FENCED;
            }
            return theirs.role().leads() ? WAIT : SHIP;
        }
        return theirs.role().leads() && theirs.epoch() >= ours.newestEpoch() ? FOLLOW : WAIT;
    }
}
