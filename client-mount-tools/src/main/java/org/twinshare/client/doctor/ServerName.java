package org.twinshare.client.doctor;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.twinshare.client.node.Ended;
import org.twinshare.client.node.Node;
import org.twinshare.exports.client.IpNetwork;

/**
 * What the server's name means on this node.
 *
 * @param address the first address of the name; none when it has none
 */
record ServerName(Optional<InetAddress> address, List<Finding> findings) {
    private static final Path HOSTS = Path.of("/etc/hosts");

    ServerName {
        findings = List.copyOf(findings);
    }

    static ServerName lookUp(Node node, String server, Duration patience) {
        if (InetAddresses.isInetAddress(server)) {
            InetAddress address = InetAddresses.forString(server);
            return found(address, Finding.ok("name", server + " is an address: no name to look up"));
        }
        // A program of its own: a name server that is away holds up whoever asks, for half a minute.
        Ended looked = node.run(patience, List.of("getent", "ahosts", server));
        Optional<InetAddress> address = looked.out()
                .lines()
                .map(line -> Splitter.onPattern("\\s+").splitToList(line).getFirst())
                .filter(InetAddresses::isInetAddress)
                .findFirst()
                .map(InetAddresses::forString);
        if (address.isEmpty()) {
            return new ServerName(
                    Optional.empty(),
                    List.of(Finding.fail(
                            "name",
                            server + " has no address",
                            looked.timedOut()
                                    ? "the name servers did not answer within " + patience.toSeconds() + " s"
                                    : "neither /etc/hosts nor DNS knows it",
                            "add a line to /etc/hosts of this node:  ADDRESS " + server)));
        }
        String text = InetAddresses.toAddrString(address.get());
        Finding pinned = isInHosts(node, server)
                ? Finding.ok("name", server + " is " + text + ", pinned in /etc/hosts")
                : Finding.warn(
                        "name",
                        server + " is " + text + " by DNS only",
                        "a node that starts while the name servers are away does not mount",
                        "add a line to /etc/hosts of this node:  " + text + " " + server);
        return found(address.get(), pinned);
    }

    private static boolean isInHosts(Node node, String server) {
        return node.read(HOSTS)
                .orElse("")
                .lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .map(line -> Splitter.onPattern("\\s+").splitToList(line))
                .anyMatch(words -> words.stream().skip(1).anyMatch(server::equalsIgnoreCase));
    }

    private static ServerName found(InetAddress address, Finding name) {
        List<Finding> findings = new ArrayList<>(List.of(name));
        String text = InetAddresses.toAddrString(address);
        IpNetwork alone = new IpNetwork(address, address.getAddress().length * Byte.SIZE);
        boolean inside = alone.isPrivate() || address.isLoopbackAddress() || address.isLinkLocalAddress();
        findings.add(
                inside
                        ? Finding.ok("address", text + " is private")
                        : Finding.fail(
                                "address",
                                text + " is a public address",
                                "NFS must not face the Internet: whoever reaches the port can try to be one of your nodes",
                                "give server and nodes a private network, and serve that only:  twinshare serve --bind"));
        return new ServerName(Optional.of(address), findings);
    }
}
