package org.twinshare.fileserver.command;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.twinshare.exports.MountLine;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.table.Export;
import org.twinshare.fileserver.server.FileServer;
import org.twinshare.fileserver.server.RunningServer;
import org.twinshare.replication.twin.TwinStatus;

/** What {@code serve} prints when it serves: what, to whom, and how to mount it. */
final class Banner {
    private Banner() {}

    static String of(RunningServer running) {
        FileServer server = running.server();
        return server.isServing() ? ofServing(running, server) : ofOther(running, server);
    }

    /** A server of a pair that answers no clients, now. */
    private static String ofOther(RunningServer running, FileServer server) {
        StringBuilder text = new StringBuilder();
        TwinStatus pair = server.twin().status();
        line(
                text,
                pair.role().equals("asking") ? "Asking" : "Following",
                pair.peer()
                        + (pair.role().equals("asking")
                                ? " whether it has become the primary meanwhile; answers no clients before it has said no"
                                : " as its standby; answers no clients"));
        for (Export export : server.exports().table().exports()) {
            line(text, "Copying", export.path() + " to " + export.directory());
        }
        text.append('\n');
        line(text, "Status:", "    twinshare status" + (running.http() == null ? "" : ", " + running.http()));
        line(text, "Take over:", " twinshare failover");
        line(text, "Stop:", "      Ctrl-C");
        return text.append('\n').toString();
    }

    private static String standby(FileServer server) {
        String peer = server.twin().status().peer();
        return peer.isEmpty() ? "none. One copy of your data." : peer;
    }

    private static String ofServing(RunningServer running, FileServer server) {
        StringBuilder text = new StringBuilder();
        InetAddress listening = server.address().getAddress();
        String where = "TCP port " + server.address().getPort() + " ("
                + (listening.isAnyLocalAddress() ? "all addresses" : InetAddresses.toAddrString(listening)) + ")";
        for (Export export : server.exports().table().exports()) {
            line(text, "Serving", export.directory() + " as " + export.path() + " over NFSv3, " + where);
            clients(export).forEach(client -> line(text, "Clients:", client));
        }
        line(text, "Standby:", standby(server));
        if (running.portmapper() != null) {
            line(text, "Portmapper:", running.portmapper());
        }
        running.notes().forEach(note -> line(text, "Note:", note));
        text.append('\n');
        mount(server, text);
        line(text, "Status:", "    twinshare status" + (running.http() == null ? "" : ", " + running.http()));
        line(text, "Stop:", "      Ctrl-C (waits for requests in flight)");
        return text.append('\n').toString();
    }

    private static void line(StringBuilder text, String label, String words) {
        text.append("  ").append(label).append(' ').append(words).append('\n');
    }

    private static List<String> clients(Export export) {
        return export.entries().stream()
                .collect(Collectors.groupingBy(
                        Banner::rights,
                        LinkedHashMap::new,
                        Collectors.mapping(entry -> entry.client().text(), Collectors.joining(", "))))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + "   " + entry.getKey())
                .toList();
    }

    private static String rights(ExportEntry entry) {
        String squash = entry.options().squash().allSquash()
                ? "all squashed"
                : entry.options().squash().rootSquash() ? "root squashed" : "root not squashed";
        String sync = entry.options().async() ? ", async: a crash loses what was acknowledged" : "";
        return (entry.options().readWrite() ? "read-write, " : "read-only, ") + squash + sync;
    }

    private static void mount(FileServer server, StringBuilder text) {
        if (server.exports().table().exports().isEmpty()) {
            return;
        }
        String path = server.exports().table().exports().get(0).path().toString();
        String host = InetAddresses.toAddrString(server.mountAddress());
        int port = server.address().getPort();
        line(text, "Mount it:", "  sudo " + MountLine.command(host, port, path, path));
    }

    /** Lines for nft and ufw that let clients in, and the other server. */
    static String firewall(int port, int rsyncPort, int nodePort, int pairPort) {
        // A rule that is added comes behind the one with which many tables end, which lets nobody in.
        return """
                # NFS and MOUNT; replace 192.168.1.0/24 with the network of the web nodes
                nft insert rule inet filter input ip saddr 192.168.1.0/24 tcp dport %1$d accept
                ufw allow proto tcp from 192.168.1.0/24 to any port %1$d
                # portmapper, for mounts that name no ports and for showmount
                nft insert rule inet filter input ip saddr 192.168.1.0/24 tcp dport 111 accept
                nft insert rule inet filter input ip saddr 192.168.1.0/24 udp dport 111 accept
                ufw allow from 192.168.1.0/24 to any port 111
                # source trees, where the settings have [source.*]: rsync, and news of releases
                nft insert rule inet filter input ip saddr 192.168.1.0/24 tcp dport { %2$d, %3$d } accept
                ufw allow proto tcp from 192.168.1.0/24 to any port %2$d,%3$d
                # the other server of the pair, where there is one; replace 192.168.1.6 with its address
                nft insert rule inet filter input ip saddr 192.168.1.6 tcp dport %4$d accept
                ufw allow proto tcp from 192.168.1.6 to any port %4$d
                """.formatted(port, rsyncPort, nodePort, pairPort);
    }
}
