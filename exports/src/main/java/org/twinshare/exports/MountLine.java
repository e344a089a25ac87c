package org.twinshare.exports;

/**
 * The options with which a web node mounts an export, the same wherever they are printed or used. {@code vers=3} and the two
 * ports ask no portmapper; {@code nolock} asks for no lock that somebody would have to grant, so that flock() holds on one
 * node only; {@code hard} lets a program wait for the server instead of losing what it writes (nfs(5)).
 */
public final class MountLine {
    private MountLine() {}

    /** For {@code mount -o}, with a server's address or name; NFS and MOUNT share the port. */
    public static String options(String server, int port) {
        String tcp = isIpv6(server) ? "tcp6" : "tcp";
        return "vers=3,proto=" + tcp + ",mountproto=" + tcp + ",port=" + port + ",mountport=" + port + ",nolock,hard";
    }

    private static boolean isIpv6(String server) {
        return server.indexOf(':') >= 0;
    }

    /** The whole command. An IPv6 address goes into brackets. */
    public static String command(String server, int port, String path, String mountPoint) {
        String host = isIpv6(server) ? "[" + server + "]" : server;
        return "mount -t nfs -o " + options(server, port) + " " + host + ":" + path + " " + mountPoint;
    }
}
