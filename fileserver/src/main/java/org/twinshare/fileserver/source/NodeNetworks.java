package org.twinshare.fileserver.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.table.Export;
import org.twinshare.exports.table.ExportTable;

/**
 * Who may have a source tree, as addresses: what the settings name, or else the hosts and networks of the exports table. Names
 * are looked up when this is made, so it is made again from time to time. Immutable.
 *
 * @param unknown what could not be turned into addresses: names without any, patterns, netgroups, everyone
 */
record NodeNetworks(List<IpNetwork> networks, List<String> unknown) {
    static NodeNetworks of(SourceSetting setting, ExportTable exports) {
        Set<IpNetwork> networks = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        if (!setting.nodes().isEmpty()) {
            setting.nodes().forEach(node -> add(node, networks, unknown));
        } else {
            for (Export export : exports.exports()) {
                for (ExportEntry entry : export.entries()) {
                    add(entry.client(), networks, unknown);
                }
            }
        }
        return new NodeNetworks(List.copyOf(networks), List.copyOf(unknown));
    }

    private static void add(ClientMatch client, Set<IpNetwork> networks, List<String> unknown) {
        switch (client) {
            case ClientMatch.SingleAddress single -> networks.add(IpNetwork.of(single.text()));
            case ClientMatch.Network network -> networks.add(network.network());
            case ClientMatch.HostName host -> add(host.name(), networks, unknown);
            case ClientMatch.Wildcard pattern -> unknown.add(pattern.text());
            case ClientMatch.Netgroup group -> unknown.add(group.text());
            case ClientMatch.Anyone anyone -> unknown.add(anyone.text());
        }
    }

    private static void add(String node, Set<IpNetwork> networks, List<String> unknown) {
        IpNetwork.parse(node).ifPresentOrElse(networks::add, () -> {
            try {
                for (InetAddress address : InetAddress.getAllByName(node)) {
                    networks.add(IpNetwork.of(IpNetwork.canonical(address).getHostAddress()));
                }
            } catch (UnknownHostException e) {
                unknown.add(node);
            }
        });
    }

    /** The same, and one more address where there is one. */
    NodeNetworks with(@Nullable String address) {
        if (address == null) {
            return this;
        }
        Set<IpNetwork> all = new LinkedHashSet<>(networks);
        add(address, all, new ArrayList<>());
        return new NodeNetworks(List.copyOf(all), unknown);
    }

    boolean allow(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** For {@code hosts allow} in rsyncd.conf(5); nobody where there is none. */
    String hostsAllow() {
        return networks.isEmpty()
                ? "255.255.255.255"
                : String.join(" ", networks.stream().map(IpNetwork::text).toList());
    }
}
