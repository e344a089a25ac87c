package org.twinshare.fileserver.portmap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this server offers, on which transports. Immutable. */
final class Services {
    private final List<Service> all;

    private Services(List<Service> all) {
        this.all = List.copyOf(all);
    }

    /** A program in one version. */
    record Program(int number, int version) {}

    /** Programs that one TCP port serves. */
    static Services overTcp(InetSocketAddress listening, List<Program> programs) {
        List<Service> all = new ArrayList<>();
        for (Program program : programs) {
            add(all, program, listening, Transport.TCP);
        }
        return new Services(all);
    }

    /** These, and the portmapper itself over TCP and UDP. */
    Services withPortmapper(InetSocketAddress listening) {
        List<Service> more = new ArrayList<>(all);
        for (int version = Portmap.LOWEST_VERSION; version <= Portmap.HIGHEST_VERSION; version++) {
            Program portmapper = new Program(Portmap.PROGRAM, version);
            add(more, portmapper, listening, Transport.TCP);
            add(more, portmapper, listening, Transport.UDP);
        }
        return new Services(more);
    }

    /** A socket on the wildcard address takes connections of both families. */
    private static void add(List<Service> all, Program program, InetSocketAddress listening, Transport kind) {
        InetAddress address = listening.getAddress();
        for (Transport each : Transport.values()) {
            boolean sameKind = each.protocol() == kind.protocol();
            boolean everywhere = address.isAnyLocalAddress();
            if (sameKind && (everywhere || each.carries(address))) {
                InetAddress on = everywhere ? each.wildcard() : address;
                all.add(new Service(program.number(), program.version(), each, on, listening.getPort()));
            }
        }
    }

    List<Service> all() {
        return all;
    }

    /** Exactly this version. */
    Optional<Service> find(int program, int version, Transport transport) {
        return all.stream()
                .filter(service -> service.program() == program
                        && service.version() == version
                        && service.transport() == transport)
                .findFirst();
    }

    /** This version, or another one: the caller learns from the program itself which versions there are. */
    Optional<Service> findAny(int program, int version, Transport transport) {
        return find(program, version, transport)
                .or(() -> all.stream()
                        .filter(service -> service.program() == program && service.transport() == transport)
                        .findFirst());
    }
}
