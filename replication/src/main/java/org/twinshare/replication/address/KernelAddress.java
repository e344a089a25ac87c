package org.twinshare.replication.address;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.posix.ArpAnnouncement;

/**
 * An address on an interface with a lifetime of 5 seconds, which is renewed every 2: the kernel itself takes it away from a host
 * whose server died or hangs. Uses iproute2; an IPv4 address is announced by ARP. Thread-safe; one thread renews.
 */
public final class KernelAddress implements ServiceAddress {
    private static final Logger LOG = LoggerFactory.getLogger(KernelAddress.class);
    private static final Duration LIFETIME = Duration.ofSeconds(5);
    private static final Duration RENEW = Duration.ofSeconds(2);
    private static final Duration ANNOUNCE = Duration.ofSeconds(30);

    private final Prefix prefix;
    private final String networkInterface;
    private @Nullable Thread holder;
    private volatile boolean quiet;

    /** @param prefix address with the length of its network */
    public KernelAddress(Prefix prefix, String networkInterface) {
        this.prefix = prefix;
        this.networkInterface = networkInterface;
    }

    @Override
    public synchronized void take(Runnable onLost) throws IOException {
        release();
        // Not behind it: whoever stood still until then may have lost it already.
        long tookNs = System.nanoTime();
        address("replace");
        quiet = false;
        if (System.nanoTime() - tookNs < LIFETIME.toNanos()) {
            // Whoever hears from the old server that he has to connect anew must come to this one.
            announce();
        }
        holder = Thread.ofPlatform().daemon().name("service-address").start(() -> hold(tookNs, onLost));
        LOG.info("holds {} on {}", prefix, networkInterface);
    }

    private void address(String action) throws IOException {
        String seconds = Long.toString(LIFETIME.toSeconds());
        List<String> command =
                new ArrayList<>(List.of("ip", "addr", action, prefix.toString(), "dev", networkInterface));
        if (!prefix.isIpv4()) {
            // Otherwise it would wait for a second before it can be used.
            command.add("nodad");
        }
        command.addAll(List.of("valid_lft", seconds, "preferred_lft", seconds));
        SystemProgram.run(command);
    }

    /** Renews until it is interrupted, or it was too late. */
    private void hold(long tookNs, Runnable onLost) {
        long renewedNs = tookNs;
        try {
            while (true) {
                boolean announcing = System.nanoTime() - tookNs < ANNOUNCE.toNanos();
                if (announcing) {
                    TimeUnit.SECONDS.sleep(1);
                } else {
                    // Not from now on: who stood still in the middle of the last renewal has to find out at once.
                    TimeUnit.NANOSECONDS.sleep(renewedNs + RENEW.toNanos() - System.nanoTime());
                }
                long nowNs = System.nanoTime();
                if (nowNs - renewedNs >= LIFETIME.toNanos()) {
                    // The kernel has taken it away, and the other server may have it.
                    throw new IOException("it was not renewed for " + TimeUnit.NANOSECONDS.toSeconds(nowNs - renewedNs)
                            + " s: this process did not run");
                }
                if (announcing) {
                    announce();
                }
                if (nowNs - renewedNs >= RENEW.toNanos() / 2) {
                    address("change");
                    renewedNs = nowNs;
                }
            }
        } catch (InterruptedException e) {
            // Released.
        } catch (IOException e) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.error("{} on {} is lost: {}", prefix, networkInterface, e.getMessage());
                onLost.run();
            }
        }
    }

    /** Tells the neighbours; a failure changes nothing, they ask in the end. */
    private void announce() {
        try {
            NetworkInterface card = NetworkInterface.getByName(networkInterface);
            byte[] hardware = card == null ? null : card.getHardwareAddress();
            if (prefix.isIpv4() && hardware != null && !quiet) {
                ArpAnnouncement.send(card.getIndex(), hardware, prefix.address().getAddress());
            }
        } catch (IOException | ErrnoException | IllegalArgumentException e) {
            LOG.debug("{} could not be announced: {}", prefix, e.getMessage());
        }
    }

    @Override
    public void beQuiet() {
        quiet = true;
    }

    @Override
    public synchronized void release() {
        Thread running = holder;
        if (running == null) {
            return;
        }
        holder = null;
        if (running != Thread.currentThread()) {
            stop(running);
        }
        try {
            SystemProgram.run(List.of("ip", "addr", "del", prefix.toString(), "dev", networkInterface));
        } catch (IOException e) {
            // The kernel has taken it away already, or does so in 5 seconds.
            LOG.info("{} on {}: {}", prefix, networkInterface, e.getMessage());
        }
    }

    private static void stop(Thread running) {
        running.interrupt();
        try {
            running.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An address and the length of its network in bits. */
    public record Prefix(InetAddress address, int bits) {
        /** As {@code 192.0.2.5/24}; throws IllegalArgumentException. */
        public static Prefix parse(String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw new IllegalArgumentException(text + " has no length, as in 192.0.2.5/24");
            }
            var address = InetAddresses.forString(text.substring(0, slash));
            int bits = Integer.parseInt(text.substring(slash + 1));
            if (bits < 1 || bits > address.getAddress().length * Byte.SIZE) {
                throw new IllegalArgumentException(text + " has a length of " + bits);
            }
            return new Prefix(address, bits);
        }

        boolean isIpv4() {
            return address instanceof Inet4Address;
        }

        @Override
        public String toString() {
            return address.getHostAddress() + "/" + bits;
        }
    }
}
