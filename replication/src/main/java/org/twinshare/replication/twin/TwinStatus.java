package org.twinshare.replication.twin;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.channel.Progress;
import org.twinshare.replication.copy.CopyProgress;
import org.twinshare.replication.copy.Divergences;
import org.twinshare.replication.journal.Journal;
import org.twinshare.replication.pair.Peer;
import org.twinshare.replication.role.Completeness;
import org.twinshare.replication.role.Knowledge;
import org.twinshare.replication.role.RoleState;
import org.twinshare.replication.ship.Lag;
import org.twinshare.replication.ship.PrimaryLink;

/**
 * What a server of a pair is at a moment.
 *
 * @param role      {@code primary}, {@code standby}, {@code asking}, or {@code fenced}
 * @param peer      name of the other server; empty when there is none
 * @param peerAddress where that one is reached; empty when there is none
 * @param connected it is heard now
 * @param alone     of the primary: it answers without the standby; of the standby: the primary said so
 * @param aloneFor  of a primary with a standby: how long it has answered without it
 * @param complete  of the standby: its copy is one that was the primary's at some moment
 * @param ack       what a reply waits for while not alone
 * @param here      how far this server is
 * @param there     how far the other one was when it was heard last; of the primary only
 * @param lag       how far the standby is behind; of the primary only
 * @param copying   of the standby: how far the comparing and fetching of this connection is
 * @param divergences of the standby: where records showed its tree to differ
 * @param trouble   why the last connection came to nothing; empty when it did not
 */
public record TwinStatus(
        String role,
        int epoch,
        String peer,
        String peerAddress,
        boolean connected,
        boolean alone,
        Duration aloneFor,
        boolean complete,
        String ack,
        Progress here,
        Progress there,
        @Nullable Lag lag,
        CopyProgress.@Nullable Moment copying,
        Divergences.@Nullable State divergences,
        String trouble) {
    static TwinStatus of(
            RoleState state,
            @Nullable Peer peer,
            @Nullable Primary primary,
            @Nullable Standby standby,
            String trouble) {
        if (standby != null) {
            return ofStandby(state, peer, standby, trouble);
        }
        PrimaryLink link = primary == null ? null : primary.link();
        Progress here = primary == null ? Progress.NONE : here(primary);
        return new TwinStatus(
                role(state),
                state.epoch(),
                name(peer),
                address(peer),
                link != null && link.isConnected(),
                link == null || link.acknowledgement().isAlone(),
                link == null || peer == null
                        ? Duration.ZERO
                        : link.acknowledgement().aloneFor(),
                true,
                link == null ? "local" : link.acknowledgement().terms().ack().toString(),
                here,
                link == null ? Progress.NONE : link.acknowledgement().standby(),
                link == null || peer == null ? null : link.lag(),
                null,
                null,
                trouble);
    }

    private static Progress here(Primary primary) {
        Journal journal = primary.tree().journal();
        return new Progress(
                journal.lastSequence(),
                journal.durableSequence(),
                primary.tree().appliedSequence(),
                true);
    }

    private static String name(@Nullable Peer peer) {
        return peer == null ? "" : peer.name();
    }

    private static String address(@Nullable Peer peer) {
        return peer == null || peer.addresses().isEmpty()
                ? ""
                : peer.addresses().getFirst().getHost();
    }

    private static TwinStatus ofStandby(RoleState state, @Nullable Peer peer, Standby standby, String trouble) {
        Journal journal = standby.journal();
        Knowledge knowledge = standby.knowledge();
        boolean complete = state.completeness() != Completeness.INCONSISTENT;
        return new TwinStatus(
                role(state),
                state.epoch(),
                name(peer),
                address(peer),
                knowledge.primaryAnswers(),
                state.alone(),
                Duration.ZERO,
                complete,
                state.terms().ack().toString(),
                new Progress(journal.lastSequence(), journal.durableSequence(), standby.appliedSequence(), complete),
                Progress.NONE,
                null,
                standby.copying(),
                standby.divergences(),
                trouble);
    }

    private static String role(RoleState state) {
        return state.role().name().toLowerCase(Locale.ROOT);
    }
}
