package org.twinshare.fileserver.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.client.IpNetwork;

/** The private networks that this host has a card in; those of containers and virtual machines do not count. */
final class HostNetworks {
    /** Interfaces that docker, podman, libvirt, lxc, CNI and kubernetes make. */
    private static final List<String> CONTAINER_PREFIXES =
            List.of("docker", "br-", "veth", "virbr", "vnet", "lxc", "lxd", "cni", "podman", "flannel", "cali", "kube");

    /** A card's address in a private network. */
    record Card(String name, InetAddress address, IpNetwork network) {}

    private HostNetworks() {}

    /** The cards in private networks (RFC 1918, fc00::/7), without loopback; those with IPv4 first. */
    static List<Card> cards() {
        List<Card> cards = new ArrayList<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                boolean container = CONTAINER_PREFIXES.stream().anyMatch(each.getName()::startsWith);
                if (!each.isLoopback() && !container) {
                    each.getInterfaceAddresses()
                            .forEach(address -> card(each.getName(), address).ifPresent(cards::add));
                }
            }
        } catch (SocketException e) {
            return List.of();
        }
        cards.sort(Comparator.comparing(card -> card.address() instanceof Inet6Address));
        return cards;
    }

    private static Optional<Card> card(String name, InterfaceAddress address) {
        InetAddress plain = withoutScope(IpNetwork.canonical(address.getAddress()));
        if (plain.isLinkLocalAddress() || address.getNetworkPrefixLength() == 0) {
            return Optional.empty();
        }
        IpNetwork network = new IpNetwork(plain, address.getNetworkPrefixLength());
        return network.isPrivate() ? Optional.of(new Card(name, plain, network)) : Optional.empty();
    }

    /** The name of the card behind an IPv6 address means nothing on another host. */
    private static InetAddress withoutScope(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
