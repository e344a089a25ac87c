package org.twinshare.exports.client;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Comparator;

/**
 * Which clients an entry means: one of the forms of exports(5), "Machine Name Formats". A value only; whether an
 * address matches is decided in the table, with what is known of names.
 */
public sealed interface ClientMatch {

    /** Orders by precedence: by kind; of one kind the first in the file counts, networks too, as exports(5) says. */
    Comparator<ClientMatch> BY_PRECEDENCE = Comparator.comparing(ClientMatch::precedence);

    /** The kind, which decides who goes first. */
    Precedence precedence();

    /** The client as an exports file writes it, in one normal form. */
    String text();

    /** True when only the names of a client's address can tell whether it matches. */
    default boolean needsNames() {
        return switch (precedence()) {
            case WILDCARD, NETGROUP -> true;
            case SINGLE_HOST, NETWORK, ANYONE -> false;
        };
    }

    /** One address. An IPv4-mapped IPv6 address is the IPv4 address. */
    record SingleAddress(InetAddress address) implements ClientMatch {

        public SingleAddress {
            address = IpNetwork.canonical(address);
        }

        @Override
        public Precedence precedence() {
            return Precedence.SINGLE_HOST;
        }

        @Override
        public String text() {
            return InetAddresses.toAddrString(address);
        }
    }

    /** One machine by name, in lower case; it is looked up forwards, from the name to its addresses. */
    record HostName(String name) implements ClientMatch {
        @Override
        public Precedence precedence() {
            return Precedence.SINGLE_HOST;
        }

        @Override
        public String text() {
            return name;
        }
    }

    /** All addresses of a network. */
    record Network(IpNetwork network) implements ClientMatch {
        @Override
        public Precedence precedence() {
            return Precedence.NETWORK;
        }

        @Override
        public String text() {
            // A network of one keeps its length: without it, the text would be a single host, which ranks before.
            return InetAddresses.toAddrString(network.base()) + "/" + network.prefixLength();
        }
    }

    /** All machines with a name of this pattern. */
    record Wildcard(HostPattern pattern) implements ClientMatch {
        @Override
        public Precedence precedence() {
            return Precedence.WILDCARD;
        }

        @Override
        public String text() {
            return pattern.text();
        }
    }

    /** All machines whose name is a host part of this netgroup. */
    record Netgroup(String name) implements ClientMatch {
        @Override
        public Precedence precedence() {
            return Precedence.NETGROUP;
        }

        @Override
        public String text() {
            return "@" + name;
        }
    }

    /** Every client: {@code *} on its own. */
    record Anyone() implements ClientMatch {
        @Override
        public Precedence precedence() {
            return Precedence.ANYONE;
        }

        @Override
        public String text() {
            return "*";
        }
    }
}
