package org.twinshare.fileserver.portmap;

import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.twinshare.fileserver.rpc.BufferPool;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;

/**
 * A running rpcbind on this host, spoken to in version 4 of its protocol (RFC 1833 section 2). It takes orders from root only:
 * over its socket in the file system, or from a reserved port. Blocking; not thread-safe.
 */
final class Rpcbind implements AutoCloseable {
    /** Where Linux's rpcbind listens; Debian, Fedora and openSUSE have it there. */
    static final Path SOCKET = Path.of("/run/rpcbind.sock");

    static final int PORT = 111;

    private static final int HIGHEST_RESERVED_PORT = 1023;
    private static final int LOWEST_TRIED_PORT = 900;
    private static final int LAST_FRAGMENT = 0x80000000;
    private static final int MAX_REPLY_BYTES = 256 << 10;
    private static final int CALL_BYTES = 512;
    private static final int VERSION = 4;
    private static final int SET = 1;
    private static final int UNSET = 2;
    private static final int DUMP = 4;
    private static final int MAX_TEXT_BYTES = 255;
    private static final String OWNER = "superuser";

    private final SocketChannel channel;
    private final BufferPool pool = new BufferPool();
    private int xid = (int) System.nanoTime();

    private Rpcbind(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects to the one of this host. */
    static Rpcbind connect() throws IOException {
        if (Files.exists(SOCKET)) {
            SocketAddress address = UnixDomainSocketAddress.of(SOCKET);
            return new Rpcbind(SocketChannel.open(address));
        }
        return new Rpcbind(fromReservedPort(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT)));
    }

    private static SocketChannel fromReservedPort(InetSocketAddress to) throws IOException {
        for (int port = HIGHEST_RESERVED_PORT; port >= LOWEST_TRIED_PORT; port--) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
            try {
                channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.connect(to);
                return channel;
            } catch (BindException e) {
                channel.close();
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
        throw new BindException("no reserved port is free");
    }

    /** Registers a service; false when another one is registered in its place, or this user may not. */
    boolean set(Service service) throws IOException {
        return number(call(SET, service, service.universal())) != 0;
    }

    /** Takes a registration back; false when there is none, or it is another user's. */
    boolean unset(Service service) throws IOException {
        return number(call(UNSET, service, "")) != 0;
    }

    /**
     * The universal address that is registered; empty when there is none. Found in the list of all, because rpcbind answers a
     * single question for the transport that the question came over.
     */
    String registered(Service service) throws IOException {
        XdrReader in = call(DUMP, service, "");
        try {
            while (in.readBoolean()) {
                int program = in.readInt();
                int version = in.readInt();
                String netid = text(in);
                String address = text(in);
                in.skipOpaque(MAX_TEXT_BYTES);
                if (program == service.program()
                        && version == service.version()
                        && netid.equals(service.transport().netid())) {
                    return address;
                }
            }
            return "";
        } catch (GarbageArguments e) {
            throw new IOException("rpcbind answers what cannot be understood", e);
        }
    }

    private static String text(XdrReader in) throws GarbageArguments {
        return new String(in.readOpaque(MAX_TEXT_BYTES), StandardCharsets.US_ASCII);
    }

    private static int number(XdrReader results) throws IOException {
        try {
            return results.readInt();
        } catch (GarbageArguments e) {
            throw new IOException("rpcbind answers what cannot be understood", e);
        }
    }

    private XdrReader call(int procedure, Service service, String address) throws IOException {
        XdrWriter out = new XdrWriter(pool, CALL_BYTES);
        int mark = out.skip(4);
        xid++;
        int[] header = {xid, 0, 2, Portmap.PROGRAM, VERSION, procedure, 0, 0, 0, 0};
        for (int each : header) {
            out.writeInt(each);
        }
        if (procedure != DUMP) {
            out.writeInt(service.program());
            out.writeInt(service.version());
            for (String text : new String[] {service.transport().netid(), address, OWNER}) {
                out.writeOpaque(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        out.writeIntAt(mark, LAST_FRAGMENT | out.position() - 4);
        ByteBuffer record = out.take();
        while (record.hasRemaining()) {
            channel.write(record);
        }
        pool.give(record);
        return reply();
    }

    /** The results of an accepted call. */
    private XdrReader reply() throws IOException {
        int mark = read(4).getInt();
        int length = mark & ~LAST_FRAGMENT;
        if (mark >= 0 || length > MAX_REPLY_BYTES) {
            throw new IOException("rpcbind answers in a record of " + length + " bytes");
        }
        XdrReader in = new XdrReader(read(length));
        try {
            boolean mine = in.readInt() == xid;
            boolean accepted = in.readInt() == 1 && in.readInt() == 0;
            if (!mine || !accepted) {
                throw new IOException("rpcbind refuses the call");
            }
            in.skipInt();
            in.skipOpaque(MAX_TEXT_BYTES);
            int status = in.readInt();
            if (status != 0) {
                throw new IOException("what has port 111 registers nothing (accept_stat " + status + ")");
            }
            return in;
        } catch (GarbageArguments e) {
            throw new IOException("rpcbind answers what cannot be understood", e);
        }
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("rpcbind closed the connection");
            }
        }
        return bytes.flip();
    }

    /** May be called by another thread, and ends a call that waits. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
