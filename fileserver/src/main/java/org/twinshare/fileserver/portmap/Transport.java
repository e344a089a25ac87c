package org.twinshare.fileserver.portmap;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** A transport under its names: the netid (RFC 5665 section 5.4), and the protocol number that portmap version 2 uses. */
enum Transport {
    TCP("tcp", 6, false),
    UDP("udp", 17, false),
    TCP6("tcp6", 6, true),
    UDP6("udp6", 17, true);

    private final String netid;
    private final int protocol;
    private final boolean six;

    Transport(String netid, int protocol, boolean six) {
        this.netid = netid;
        this.protocol = protocol;
        this.six = six;
    }

    static Optional<Transport> ofNetid(String netid) {
        return Arrays.stream(values()).filter(each -> each.netid.equals(netid)).findFirst();
    }

    /** The one to an address, over TCP or UDP as {@code other} is. */
    static Transport between(InetAddress address, Transport other) {
        boolean six = !(address instanceof Inet4Address);
        return other.protocol == TCP.protocol ? six ? TCP6 : TCP : six ? UDP6 : UDP;
    }

    String netid() {
        return netid;
    }

    int protocol() {
        return protocol;
    }

    /** Whether portmap version 2 can speak of it: it knows IPv4 only. */
    boolean isOld() {
        return !six;
    }

    boolean carries(InetAddress address) {
        return address instanceof Inet4Address != six;
    }

    /** All addresses of its family. */
    InetAddress wildcard() {
        return InetAddresses.forString(six ? "::" : "0.0.0.0");
    }

    /** RFC 5665 section 5.2.3: the address, and the two bytes of the port. */
    static String universal(InetSocketAddress address) {
        int port = address.getPort();
        return InetAddresses.toAddrString(plain(address.getAddress())) + "." + (port >> 8) + "." + (port & 0xff);
    }

    /** The name of the card behind an IPv6 address means nothing on another host. */
    private static InetAddress plain(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
