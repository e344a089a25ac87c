package org.twinshare.replication.role;

/**
 * Who decides whether a standby becomes the primary. Two servers alone cannot tell a dead partner from a cut cable, so it
 * takes a third: today the operator, see {@link Failover}; a witness would be another one.
 */
@FunctionalInterface
public interface Voice {
    Answer mayPromote(Knowledge knowledge, Wish wish);
}
