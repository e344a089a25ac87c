package org.twinshare.client.probe;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection comes from: which local address, and whether the port is below 1024, as an export with
 * {@code secure} demands (exports(5)). Safe for use by several threads.
 */
public record SourceAddress(Optional<InetAddress> address, Ports ports) {

    /** Any local address, and a reserved port where this process may take one. */
    public static final SourceAddress ANY = new SourceAddress(Optional.empty(), Ports.RESERVED_WHERE_ALLOWED);

    private static final int HIGHEST_RESERVED_PORT = 1023;
    private static final int RESERVED_PORTS = 512;
    private static final AtomicInteger TURN =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(RESERVED_PORTS));

    /** Which source ports to use. */
    public enum Ports {
        /** Whatever the system gives, 1024 or above. */
        EPHEMERAL,
        /** Below 1024, or fail. */
        RESERVED,
        /** Below 1024 when this process has the right to it, as the Linux client does; any other port when not. */
        RESERVED_WHERE_ALLOWED
    }

    public static SourceAddress of(InetAddress address, Ports ports) {
        return new SourceAddress(Optional.of(address), ports);
    }

    /**
     * Connects from here, in blocking mode and without Nagle's delay.
     *
     * @throws IOException when nobody listens there, or no port can be had
     */
    public SocketChannel connect(InetSocketAddress server, Duration timeout) throws IOException {
        if (ports == Ports.EPHEMERAL) {
            return connectFrom(0, server, timeout);
        }
        @Nullable IOException last = null;
        for (int attempt = 0; attempt < RESERVED_PORTS; attempt++) {
            int port = HIGHEST_RESERVED_PORT - Math.floorMod(TURN.getAndIncrement(), RESERVED_PORTS);
            try {
                return connectFrom(port, server, timeout);
            } catch (BindException | NoRouteToHostException taken) {
                last = taken;
                if (mayNot(taken)) {
                    break;
                }
            }
        }
        if (ports == Ports.RESERVED && last != null) {
            throw last;
        }
        return connectFrom(0, server, timeout);
    }

    /** A port that is taken, or still remembered for the same two ends, is no reason to give up; a missing right is. */
    private static boolean mayNot(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Permission denied");
    }

    private SocketChannel connectFrom(int port, InetSocketAddress server, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (port != 0 || address.isPresent()) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(address.map(local -> new InetSocketAddress(local, port))
                        .orElseGet(() -> new InetSocketAddress(port)));
            }
            channel.socket().connect(server, Math.toIntExact(timeout.toMillis()));
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }
}
