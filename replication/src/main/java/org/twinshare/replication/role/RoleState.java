package org.twinshare.replication.role;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What a server of a pair must not forget. Big-endian.
 *
 * <pre>
 *  0    1    2    3    4        8        12                  22                 30                 38
 *  +----+----+----+----+--------+--------+-------------------+------------------+------------------+
 *  |role|1:  |com-| 0  | epoch  | newest | terms             | signed off at    | dead at          |
 *  |    |al. |pl. |    |        | epoch  |                   | or -1            | or -1            |
 *  +----+----+----+----+--------+--------+-------------------+------------------+------------------+
 *  38                 46                  54
 *  +------------------+------------------+
 *  | last heard ms    | missing since ms |
 *  |                  | or 0             |
 *  +------------------+------------------+
 * </pre>
 *
 * @param epoch        in which the server answers or answered, or that of the primary it follows
 * @param newestEpoch  that it ever heard of
 * @param alone        of a primary: it answers without the standby; of a standby: the primary said so
 * @param terms        the primary's
 * @param signedOffAt  the last record of a primary that stopped in order, -1 when it did not
 * @param deadAt       the last record here when the primary's kernel closed the connection while in step, -1 when it did not
 * @param lastHeard    from the other server, by this server's clock; for people
 * @param missingSince the moment from which changes may be missing because an operator said to go on; the epoch for none
 */
public record RoleState(
        Role role,
        int epoch,
        int newestEpoch,
        boolean alone,
        Completeness completeness,
        Terms terms,
        long signedOffAt,
        long deadAt,
        Instant lastHeard,
        Instant missingSince) {
    static final int BYTES = 54;
    public static final long NONE = -1;

    /** A server that has had no standby yet. */
    public static RoleState lone(Terms terms) {
        return new RoleState(
                Role.PRIMARY, 1, 1, true, Completeness.COMPLETE, terms, NONE, NONE, Instant.EPOCH, Instant.EPOCH);
    }

    /** A server that has just become a standby, with nothing in it. */
    public static RoleState newStandby(int epoch, Terms terms) {
        return new RoleState(
                Role.STANDBY,
                epoch,
                epoch,
                true,
                Completeness.INCONSISTENT,
                terms,
                NONE,
                NONE,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    public RoleState with(Role next) {
        return new RoleState(
                next, epoch, newestEpoch, alone, completeness, terms, signedOffAt, deadAt, lastHeard, missingSince);
    }

    public RoleState withAlone(boolean next) {
        return new RoleState(
                role, epoch, newestEpoch, next, completeness, terms, signedOffAt, deadAt, lastHeard, missingSince);
    }

    public RoleState with(Completeness next) {
        return new RoleState(
                role, epoch, newestEpoch, alone, next, terms, signedOffAt, deadAt, lastHeard, missingSince);
    }

    /** Has heard of an epoch: a primary of an older one is fenced. */
    public RoleState heardOf(int other) {
        if (other <= newestEpoch) {
            return this;
        }
        Role next = role.leads() ? Role.FENCED : role;
        return new RoleState(
                next, epoch, other, alone, completeness, terms, signedOffAt, deadAt, lastHeard, missingSince);
    }

    /**
     * Follows a primary that is there, with its terms; what was known of how it left holds no longer. That it is not alone is
     * believed only with the record that says so: this server has all before it then.
     */
    public RoleState follows(int primaryEpoch, boolean isAlone, Terms its, Instant now) {
        int newest = Math.max(newestEpoch, primaryEpoch);
        boolean stays = role == Role.STANDBY && epoch == primaryEpoch && !alone;
        return new RoleState(
                Role.STANDBY,
                primaryEpoch,
                newest,
                isAlone || !stays,
                completeness,
                its,
                NONE,
                NONE,
                now,
                missingSince);
    }

    public RoleState with(Terms next) {
        return new RoleState(
                role, epoch, newestEpoch, alone, completeness, next, signedOffAt, deadAt, lastHeard, missingSince);
    }

    /** The primary stopped in order. */
    public RoleState signedOff(long sequence, Instant now) {
        return new RoleState(role, epoch, newestEpoch, alone, completeness, terms, sequence, deadAt, now, missingSince);
    }

    /** The primary died, and this was the last record from it. */
    public RoleState dead(long sequence, Instant now) {
        return new RoleState(
                role, epoch, newestEpoch, alone, completeness, terms, signedOffAt, sequence, now, missingSince);
    }

    public RoleState heardAt(Instant now) {
        return new RoleState(
                role, epoch, newestEpoch, alone, completeness, terms, signedOffAt, deadAt, now, missingSince);
    }

    /** Answers clients in a new epoch, alone at first. */
    public RoleState promoted(Terms its, Instant missing) {
        int next = newestEpoch + 1;
        return new RoleState(
                Role.PRIMARY, next, next, true, Completeness.COMPLETE, its, NONE, NONE, lastHeard, missing);
    }

    void encode(ByteBuffer to) {
        to.put((byte) role.number()).put((byte) (alone ? 1 : 0));
        to.put((byte) completeness.number()).put((byte) 0);
        to.putInt(epoch).putInt(newestEpoch);
        terms.encode(to);
        to.putLong(signedOffAt).putLong(deadAt);
        to.putLong(lastHeard.toEpochMilli()).putLong(missingSince.toEpochMilli());
    }

    static RoleState decode(ByteBuffer from) {
        Role role = Role.of(from.get());
        boolean alone = from.get() != 0;
        Completeness completeness = Completeness.of(from.get());
        byte unused = from.get();
        int epoch = from.getInt();
        int newestEpoch = from.getInt();
        Terms terms = Terms.decode(from);
        return new RoleState(
                role,
                epoch,
                newestEpoch,
                alone,
                completeness,
                terms,
                from.getLong(),
                from.getLong(),
                Instant.ofEpochMilli(from.getLong()),
                Instant.ofEpochMilli(from.getLong()));
    }
}
