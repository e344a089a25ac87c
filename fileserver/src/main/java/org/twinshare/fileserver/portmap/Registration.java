package org.twinshare.fileserver.portmap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running rpcbind tells of this server. What a server that is gone left behind is replaced; what one that still
 * listens registered is left alone. Used by one thread at a time.
 */
final class Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration WITHIN = Duration.ofSeconds(3);
    private static final int PROBE_MS = 300;

    private final List<Service> registered = new ArrayList<>();
    private final List<Service> refused = new ArrayList<>();

    /** What is to be done with rpcbind. */
    private interface Work {
        void with(Rpcbind rpcbind) throws IOException;
    }

    /** Registers all; returns what could not be because something else stands there, or this user may not. */
    List<Service> register(Services services) throws IOException {
        run(rpcbind -> {
            for (Service service : services.all()) {
                (set(rpcbind, service) ? registered : refused).add(service);
            }
        });
        return refused;
    }

    private static boolean set(Rpcbind rpcbind, Service service) throws IOException {
        if (rpcbind.set(service)) {
            return true;
        }
        String other = rpcbind.registered(service);
        return !other.isEmpty()
                && (other.equals(service.universal()) || !listens(other))
                && rpcbind.unset(service)
                && rpcbind.set(service);
    }

    /** Whether the program behind a registration still is there. */
    private static boolean listens(String universal) {
        String[] words = universal.split("\\.", -1);
        try (Socket probe = new Socket()) {
            int port = Integer.parseInt(words[words.length - 2]) << 8 | Integer.parseInt(words[words.length - 1]);
            probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_MS);
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** Takes back what was registered. */
    void unregister() {
        if (registered.isEmpty()) {
            return;
        }
        try {
            run(rpcbind -> {
                for (Service service : registered) {
                    rpcbind.unset(service);
                }
            });
        } catch (IOException e) {
            LOG.warn("rpcbind still tells clients of this server ({}); clear it:  rpcinfo -d 100003 3", e.getMessage());
        }
        registered.clear();
    }

    /** An rpcbind that does not answer must hold nobody up. */
    private static void run(Work work) throws IOException {
        try (Rpcbind rpcbind = Rpcbind.connect()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    work.with(rpcbind);
                    done.complete(null);
                } catch (IOException | RuntimeException e) {
                    done.completeExceptionally(e);
                }
            });
            done.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("rpcbind does not answer", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
