package org.twinshare.exports.table;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.names.KnownNames;

/** Decides whether a client's address is one of those that an entry means, with what is known of names. Stateless. */
final class ClientMatcher {

    /** Whether an address matches. */
    enum Verdict {
        YES,
        NO,
        /** A name has to be found out first. */
        UNKNOWN;

        static Verdict of(boolean matches) {
            return matches ? YES : NO;
        }
    }

    private ClientMatcher() {}

    /** The verdict on {@code address}, which is not IPv4-mapped. */
    static Verdict match(ClientMatch client, InetAddress address, KnownNames names) {
        return switch (client) {
            case ClientMatch.SingleAddress single -> Verdict.of(single.address().equals(address));
            case ClientMatch.HostName host ->
                names.addressesOf(host.name())
                        .map(addresses -> Verdict.of(addresses.contains(address)))
                        .orElse(Verdict.UNKNOWN);
            case ClientMatch.Network network -> Verdict.of(network.network().contains(address));
            case ClientMatch.Wildcard wildcard ->
                names.namesOf(address)
                        .map(known -> Verdict.of(known.stream().anyMatch(wildcard.pattern()::matches)))
                        .orElse(Verdict.UNKNOWN);
            case ClientMatch.Netgroup netgroup -> matchNetgroup(netgroup.name(), address, names);
            case ClientMatch.Anyone anyone -> Verdict.YES;
        };
    }

    private static Verdict matchNetgroup(String netgroup, InetAddress address, KnownNames names) {
        Optional<Set<String>> members = names.membersOf(netgroup);
        if (members.isEmpty()) {
            return Verdict.UNKNOWN;
        }
        if (members.get().isEmpty()) {
            return Verdict.NO;
        }
        if (members.get().contains(InetAddresses.toAddrString(address))) {
            return Verdict.YES;
        }
        return names.namesOf(address)
                .map(known -> Verdict.of(known.stream().anyMatch(members.get()::contains)))
                .orElse(Verdict.UNKNOWN);
    }
}
