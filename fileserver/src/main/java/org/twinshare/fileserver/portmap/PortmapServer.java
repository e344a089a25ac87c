package org.twinshare.fileserver.portmap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.fileserver.rpc.DatagramServer;
import org.twinshare.fileserver.rpc.ReplyCache;
import org.twinshare.fileserver.rpc.RpcLimits;
import org.twinshare.fileserver.rpc.RpcServer;

/**
 * Our own portmapper: one TCP socket, and a UDP socket for each address of this host, because a client takes an answer only
 * from the address that it asked. Thread-safe.
 */
final class PortmapServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortmapServer.class);
    private static final RpcLimits LIMITS =
            new RpcLimits(4096, 128, 8, 64 << 10, 1 << 20, 1 << 20, Duration.ofSeconds(10), Duration.ofSeconds(2));

    private final RpcServer tcp;
    private final InetSocketAddress address;
    private final Services services;
    private final Predicate<InetAddress> admitted;
    private final Map<InetAddress, DatagramServer> datagrams = new HashMap<>();
    private final Set<InetAddress> refused = new HashSet<>();
    private boolean closed;

    private PortmapServer(
            RpcServer tcp, InetSocketAddress address, Services services, Predicate<InetAddress> admitted) {
        this.tcp = tcp;
        this.address = address;
        this.services = services;
        this.admitted = admitted;
    }

    /**
     * Begins to answer.
     *
     * @param address  port 111 of the address that NFS is served on, which may be all of them
     * @param admitted whom it answers; others hear nothing
     * @throws java.net.BindException when another program has the port, or this user may not take it
     */
    static PortmapServer start(InetSocketAddress address, Services services, Predicate<InetAddress> admitted)
            throws IOException {
        RpcServer tcp = new RpcServer("portmap", LIMITS, new ReplyCache(0, 0), admitted);
        try {
            InetSocketAddress bound = tcp.start(address);
            Services all = services.withPortmapper(bound);
            tcp.offer(new Portmap(all, Transport.TCP));
            PortmapServer server = new PortmapServer(tcp, bound, all, admitted);
            server.refresh();
            return server;
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** Follows the addresses of this host, which come and go: a failover brings one. To be called now and then. */
    synchronized void refresh() {
        if (closed) {
            return;
        }
        Set<InetAddress> wanted = wanted();
        datagrams.entrySet().removeIf(each -> {
            boolean gone = !wanted.contains(each.getKey());
            if (gone) {
                close(each.getValue());
            }
            return gone;
        });
        refused.retainAll(wanted);
        for (InetAddress each : wanted) {
            if (!datagrams.containsKey(each)) {
                open(each);
            }
        }
    }

    private Set<InetAddress> wanted() {
        if (!address.getAddress().isAnyLocalAddress()) {
            return Set.of(address.getAddress());
        }
        Set<InetAddress> all = new HashSet<>();
        try {
            for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                // Nobody mounts from an address that is good on one cable only, and it is not usable at once.
                card.getInetAddresses().asIterator().forEachRemaining(each -> {
                    if (!each.isLinkLocalAddress()) {
                        all.add(each);
                    }
                });
            }
        } catch (SocketException e) {
            LOG.debug("The addresses of this host cannot be listed", e);
            return Set.copyOf(datagrams.keySet());
        }
        return all;
    }

    private void open(InetAddress on) {
        try {
            datagrams.put(
                    on,
                    DatagramServer.start(
                            new InetSocketAddress(on, address.getPort()),
                            admitted,
                            new Portmap(services, Transport.UDP)));
            refused.remove(on);
        } catch (IOException e) {
            if (refused.add(on)) {
                LOG.warn(
                        "The portmapper cannot answer over UDP on {} port {} ({}): showmount does not work there;"
                                + " see who holds it:  ss -lnup",
                        on.getHostAddress(),
                        address.getPort(),
                        e.getMessage());
            }
        }
    }

    private static void close(DatagramServer server) {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("Closing {} failed", server.address(), e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        datagrams.values().forEach(PortmapServer::close);
        datagrams.clear();
        tcp.close();
    }
}
