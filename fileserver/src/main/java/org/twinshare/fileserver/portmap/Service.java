package org.twinshare.fileserver.portmap;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * One version of a program, and where it is.
 *
 * @param address the one that it listens on, which may be all of them
 */
record Service(int program, int version, Transport transport, InetAddress address, int port) {
    /** Its address as a client sees it that sent its question to {@code asked}; empty where it cannot be known. */
    String universalFor(InetAddress asked) {
        if (!address.isAnyLocalAddress()) {
            return universal();
        }
        return transport.carries(asked) ? Transport.universal(new InetSocketAddress(asked, port)) : "";
    }

    /** Its address as it listens. */
    String universal() {
        return Transport.universal(new InetSocketAddress(address, port));
    }
}
