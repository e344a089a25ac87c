package org.twinshare.exports;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The options with which a web node mounts an export, the same wherever they are printed or used, each with its reason and its
 * price (nfs(5)). No part of them asks rpcbind, lockd or statd for anything.
 */
public final class MountLine {
    /** How long the client waits for an answer before it asks again, in tenths of a second. */
    public static final int TIMEO_DECISECONDS = 50;

    /** How often it asks again before it says that the server does not respond; it goes on asking all the same. */
    public static final int RETRANS = 2;

    private MountLine() {}

    /**
     * One option, or a few that belong together.
     *
     * @param text   as mount(8) takes it
     * @param reason why it is there, and what it costs where it costs something
     */
    public record Option(String text, String reason) {}

    /** The options for a server's address or name, in their order; NFS and MOUNT share the port. */
    public static List<Option> explained(String server, int port) {
        String tcp = isIpv6(server) ? "tcp6" : "tcp";
        return List.of(
                new Option("vers=3", "NFSv3, said outright: without it the client tries NFSv4 first"),
                new Option("proto=" + tcp + ",mountproto=" + tcp, "TCP for files and for the mount call; no UDP"),
                new Option(
                        "port=" + port + ",mountport=" + port,
                        "both services are on this port, so that no portmapper is asked, here or there"),
                new Option(
                        "nolock",
                        "no lockd and no statd, which made nodes hang at boot. Price: flock() and fcntl() locks hold on one"
                                + " node only; PHP sessions in files on the share are not safe across nodes"),
                new Option(
                        "hard",
                        "a program waits for a server that is away instead of losing what it writes. Price: it waits as long"
                                + " as that lasts; SIGKILL ends it"),
                new Option(
                        "timeo=" + TIMEO_DECISECONDS + ",retrans=" + RETRANS,
                        "a connection that died without a word is given up after "
                                + TIMEO_DECISECONDS * (RETRANS + 1) / 10
                                + " s, not after 3 minutes. Price: an answer that takes longer than "
                                + TIMEO_DECISECONDS / 10 + " s is asked for again"),
                new Option(
                        "lookupcache=positive",
                        "a name that was missing is looked up again each time, so that a 404 here does not hide for up to a"
                                + " minute what another node has just uploaded. Price: one call for each look at a missing name"),
                new Option("noatime", "reading a file does not make the client think about its access time"));
    }

    /** For {@code mount -o}. */
    public static String options(String server, int port) {
        return explained(server, port).stream().map(Option::text).collect(Collectors.joining(","));
    }

    private static boolean isIpv6(String server) {
        return server.indexOf(':') >= 0;
    }

    /** What is mounted, as mount(8) takes it: an IPv6 address goes into brackets. */
    public static String source(String server, String path) {
        return (isIpv6(server) ? "[" + server + "]" : server) + ":" + path;
    }

    /** The whole command. */
    public static String command(String server, int port, String path, String mountPoint) {
        return "mount -t nfs -o " + options(server, port) + " " + source(server, path) + " " + mountPoint;
    }
}
