package org.twinshare.exports.names;

import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of names now. Every method answers at once; an empty {@link Optional} means not known yet, and that the
 * look-up has been started. An empty set means known to have none, or not found out in time.
 */
public interface KnownNames {

    /** Knows that no name exists: for tables of addresses and networks only. */
    KnownNames NONE = new KnownNames() {
        @Override
        public Optional<Set<String>> namesOf(InetAddress address) {
            return Optional.of(Set.of());
        }

        @Override
        public Optional<Set<InetAddress>> addressesOf(String host) {
            return Optional.of(Set.of());
        }

        @Override
        public Optional<Set<String>> membersOf(String netgroup) {
            return Optional.of(Set.of());
        }
    };

    /** The confirmed names of a client's address. */
    Optional<Set<String>> namesOf(InetAddress address);

    /** The addresses of a host in the table. */
    Optional<Set<InetAddress>> addressesOf(String host);

    /** The host parts of a netgroup in the table. */
    Optional<Set<String>> membersOf(String netgroup);
}
