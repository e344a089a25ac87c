package org.twinshare.fileserver.portmap;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.fileserver.mount3.Mount3;
import org.twinshare.fileserver.nfs3.Nfs3;
import org.twinshare.fileserver.nlm4.Nlm4;

/**
 * How clients learn our ports that were told none: from us where port 111 is free, else from the rpcbind that runs. Where
 * neither can be, the server serves all the same. Thread-safe.
 */
public final class Portmapper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Portmapper.class);

    private static final List<Services.Program> PROGRAMS = List.of(
            new Services.Program(Nfs3.PROGRAM, Nfs3.VERSION),
            new Services.Program(Mount3.PROGRAM, Mount3.VERSION),
            new Services.Program(Nlm4.PROGRAM, Nlm4.VERSION));

    private final @Nullable PortmapServer server;
    private final @Nullable Registration registration;
    private final String words;

    private Portmapper(@Nullable PortmapServer server, @Nullable Registration registration, String words) {
        this.server = server;
        this.registration = registration;
        this.words = words;
    }

    /**
     * Answers, or registers; never fails.
     *
     * @param nfs      where NFS, MOUNT and NLM are served
     * @param port     111, but for tests
     * @param admitted whom to answer: clients of the exports table
     */
    public static Portmapper start(InetSocketAddress nfs, int port, Predicate<InetAddress> admitted) {
        Services services = Services.overTcp(nfs, PROGRAMS);
        try {
            PortmapServer server =
                    PortmapServer.start(new InetSocketAddress(nfs.getAddress(), port), services, admitted);
            return new Portmapper(
                    server, null, "answered here (port " + server.address().getPort() + ")");
        } catch (BindException e) {
            return registered(services, e);
        } catch (IOException e) {
            return none(e.getMessage());
        }
    }

    private static Portmapper registered(Services services, BindException why) {
        Registration registration = new Registration();
        try {
            List<Service> refused = registration.register(services);
            if (refused.isEmpty()) {
                return new Portmapper(null, registration, "registered with the running rpcbind");
            }
            String programs = refused.stream()
                    .map(service -> service.program() + " version " + service.version())
                    .distinct()
                    .collect(Collectors.joining(", "));
            return new Portmapper(
                    null,
                    registration,
                    "rpcbind does not take program " + programs
                            + ": another server is registered for it, or this user is not root;  rpcinfo  shows it");
        } catch (IOException e) {
            LOG.debug("No rpcbind was found", e);
            boolean forbidden = String.valueOf(why.getMessage()).contains("ermission");
            return none(forbidden ? "port 111 needs root" : "another program has port 111, and it is no rpcbind");
        }
    }

    private static Portmapper none(@Nullable String why) {
        return new Portmapper(
                null, null, "none (" + why + "): clients mount with the line below, and showmount does not work");
    }

    /** How it is done, for the operator. */
    public String words() {
        return words;
    }

    /** Where it answers, or null where it does not. */
    public @Nullable InetSocketAddress address() {
        return server == null ? null : server.address();
    }

    /** Follows the addresses of this host; to be called every few seconds. */
    public void refresh() {
        if (server != null) {
            server.refresh();
        }
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        if (registration != null) {
            registration.unregister();
        }
    }
}
