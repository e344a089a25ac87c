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

/** The networks that this host has a card in, and which are private; those of containers and virtual machines do not count. */
final class HostNetworks {
    /** Interfaces that docker, podman, libvirt, lxc, CNI and kubernetes make. */
    private static final List<String> CONTAINER_PREFIXES =
            List.of("docker", "br-", "veth", "virbr", "vnet", "lxc", "lxd", "cni", "podman", "flannel", "cali", "kube");

    /** A card's address in a private network. */
    record Card(String name, InetAddress address, IpNetwork network) {}

    private HostNetworks() {}

    /** The cards in private networks (RFC 1918, fc00::/7), without loopback; those with IPv4 first. */
    static List<Card> cards() {
        return all().stream().filter(card -> card.network().isPrivate()).toList();
    }

    /** With two cards and one of them private, the option that serves that one only. */
    static Optional<String> bindAdvice(List<Card> all) {
        List<String> names = all.stream().map(Card::name).distinct().toList();
        return all.stream()
                .filter(card -> card.network().isPrivate() && names.size() > 1)
                .findFirst()
                .map(card -> "this host has " + names.size() + " network cards (" + String.join(", ", names)
                        + ") and all are listened on; to serve the private network of " + card.name()
                        + " only:  --bind " + card.address().getHostAddress());
    }

    /** The cards in any network, without loopback and those of containers; those with IPv4 first. */
    static List<Card> all() {
        List<Card> cards = new ArrayList<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (!each.isLoopback() && !isOfContainers(each.getName())) {
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

    static boolean isOfContainers(String name) {
        return CONTAINER_PREFIXES.stream().anyMatch(name::startsWith);
    }

    private static Optional<Card> card(String name, InterfaceAddress address) {
        InetAddress plain = withoutScope(IpNetwork.canonical(address.getAddress()));
        if (plain.isLinkLocalAddress() || address.getNetworkPrefixLength() == 0) {
            return Optional.empty();
        }
        return Optional.of(new Card(name, plain, new IpNetwork(plain, address.getNetworkPrefixLength())));
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
