package org.twinshare.fileserver.portmap;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.Call;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.RpcProcedure;
import org.twinshare.fileserver.rpc.RpcProcedure.Answer;
import org.twinshare.fileserver.rpc.RpcProcedure.Execution;
import org.twinshare.fileserver.rpc.RpcProgram;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;

/**
 * The portmapper's questions, and none of its orders: portmap version 2 and rpcbind versions 3 and 4 (RFC 1833). Nobody can
 * register with it or send calls through it. One for each kind of socket; thread-safe.
 */
final class Portmap implements RpcProgram {
    static final int PROGRAM = 100000;
    static final int LOWEST_VERSION = 2;
    static final int HIGHEST_VERSION = 4;

    private static final int MAX_TEXT_BYTES = 255;
    /** Who registered a program, as rpcbind calls root. */
    private static final String OWNER = "superuser";

    private static final RpcProcedure NULL =
            procedure("PORTMAP_NULL", (call, out) -> call.arguments().requireEnd());

    private final Services services;
    private final Transport kind;
    private final RpcProcedure getPort = procedure("GETPORT", this::getPort);
    private final RpcProcedure oldDump = procedure("DUMP", this::oldDump);
    private final RpcProcedure getAddress = procedure("GETADDR", (call, out) -> address(call, out, false));
    private final RpcProcedure getVersionAddress = procedure("GETVERSADDR", (call, out) -> address(call, out, true));
    private final RpcProcedure dump = procedure("DUMP", this::dump);

    /** @param kind TCP or UDP */
    Portmap(Services services, Transport kind) {
        this.services = services;
        this.kind = kind;
    }

    private interface Body {
        void serve(Call call, XdrWriter out) throws GarbageArguments;
    }

    private static RpcProcedure procedure(String name, Body body) {
        return new RpcProcedure(name, Execution.AT_ONCE, false, (call, out) -> {
            body.serve(call, out);
            return Answer.REPLY;
        });
    }

    @Override
    public int number() {
        return PROGRAM;
    }

    @Override
    public int lowestVersion() {
        return LOWEST_VERSION;
    }

    @Override
    public int highestVersion() {
        return HIGHEST_VERSION;
    }

    @Override
    public @Nullable RpcProcedure procedure(int version, int procedure) {
        return switch (procedure) {
            case 0 -> NULL;
            case 3 -> version == 2 ? getPort : getAddress;
            case 4 -> list(version == 2 ? oldDump : dump);
            case 9 -> version == 4 ? getVersionAddress : null;
            default -> null;
        };
    }

    /** A list is many times as long as its call: over UDP it could be sent to somebody who never asked. */
    private @Nullable RpcProcedure list(RpcProcedure listing) {
        return kind == Transport.TCP ? listing : null;
    }

    private void getPort(Call call, XdrWriter out) throws GarbageArguments {
        XdrReader in = call.arguments();
        int program = in.readInt();
        int version = in.readInt();
        int protocol = in.readInt();
        in.skipInt();
        in.requireEnd();
        out.writeInt(services.all().stream()
                .filter(service -> service.program() == program
                        && service.version() == version
                        && service.transport().protocol() == protocol
                        && service.transport().isOld())
                .mapToInt(Service::port)
                .findFirst()
                .orElse(0));
    }

    private void oldDump(Call call, XdrWriter out) throws GarbageArguments {
        call.arguments().requireEnd();
        for (Service service : services.all()) {
            if (service.transport().isOld()) {
                out.writeBoolean(true);
                out.writeInt(service.program());
                out.writeInt(service.version());
                out.writeInt(service.transport().protocol());
                out.writeInt(service.port());
            }
        }
        out.writeBoolean(false);
    }

    /** Answers for the transport that was named: Linux asks over one for another, although RFC 1833 looks at the first only. */
    private void address(Call call, XdrWriter out, boolean exactly) throws GarbageArguments {
        XdrReader in = call.arguments();
        int program = in.readInt();
        int version = in.readInt();
        Optional<Transport> named = Transport.ofNetid(text(in));
        in.skipOpaque(MAX_TEXT_BYTES);
        in.skipOpaque(MAX_TEXT_BYTES);
        in.requireEnd();
        Transport transport = named.orElseGet(() -> Transport.between(call.local(), kind));
        Optional<Service> found =
                exactly ? services.find(program, version, transport) : services.findAny(program, version, transport);
        write(out, found.map(service -> service.universalFor(call.local())).orElse(""));
    }

    private void dump(Call call, XdrWriter out) throws GarbageArguments {
        call.arguments().requireEnd();
        for (Service service : services.all()) {
            out.writeBoolean(true);
            out.writeInt(service.program());
            out.writeInt(service.version());
            write(out, service.transport().netid());
            write(out, service.universal());
            write(out, OWNER);
        }
        out.writeBoolean(false);
    }

    private static String text(XdrReader in) throws GarbageArguments {
        return new String(in.readOpaque(MAX_TEXT_BYTES), StandardCharsets.ISO_8859_1);
    }

    private static void write(XdrWriter out, String text) {
        out.writeOpaque(text.getBytes(StandardCharsets.US_ASCII));
    }
}
