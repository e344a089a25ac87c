package org.twinshare.fileserver.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.nio.NIOConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first filter of every connection: reads the byte stream itself, cuts it into records within their bounds, and hands them
 * to the dispatcher. A call that came in one piece is served from where it lies. One selector thread reads a connection.
 */
final class RecordReader extends BaseFilter {
    private static final Logger LOG = LoggerFactory.getLogger(RecordReader.class);
    private static final Attribute<Session> SESSION =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute("twinshare.session");
    private static final int READ_BYTES = 64 << 10;

    private final RpcLimits limits;
    private final BufferPool pool;
    private final MemoryBudget callMemory;
    private final Dispatcher dispatcher;
    private final Predicate<InetAddress> admitted;
    private volatile boolean holding;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final ThreadLocal<ByteBuffer> readBuffer =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(READ_BYTES));

    RecordReader(
            RpcLimits limits,
            BufferPool pool,
            MemoryBudget callMemory,
            Dispatcher dispatcher,
            Predicate<InetAddress> admitted) {
        this.admitted = admitted;
        this.limits = limits;
        this.pool = pool;
        this.callMemory = callMemory;
        this.dispatcher = dispatcher;
    }

    /** Begins nothing more on any connection, also on those that come; or goes on. */
    void hold(boolean now) {
        holding = now;
        sessions.forEach(now ? Session::hold : Session::resume);
    }

    /** The connections that are open. */
    Set<Session> sessions() {
        return sessions;
    }

    @Override
    @SuppressWarnings("unchecked")
    public NextAction handleAccept(FilterChainContext context) {
        Connection<SocketAddress> connection = context.getConnection();
        Session session = new Session(connection, limits, pool, callMemory);
        SESSION.set(connection, session);
        if (!admitted.test(session.client())) {
            connection.terminateSilently();
            return context.getStopAction();
        }
        sessions.add(session);
        if (holding) {
            session.hold();
        }
        return context.getStopAction();
    }

    @Override
    public NextAction handleClose(FilterChainContext context) {
        Session session = SESSION.get(context.getConnection());
        if (session != null) {
            sessions.remove(session);
            session.closed();
        }
        return context.getStopAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext context) throws IOException {
        Session session = SESSION.get(context.getConnection());
        if (session == null) {
            throw new IOException("read before accept");
        }
        SocketChannel channel = (SocketChannel) ((NIOConnection) context.getConnection()).getChannel();
        if (session.assembly.enter()) {
            try {
                String violation = read(session, channel);
                if (violation != null) {
                    LOG.debug("{}: closed: {}", session, violation);
                    session.close(violation);
                }
            } catch (OutOfMemoryError e) {
                LOG.error("{}: closed for want of memory", session);
                session.terminate("no memory");
            } catch (IOException e) {
                session.terminate(String.valueOf(e.getMessage()));
            } finally {
                session.assembly.leave();
            }
        }
        return context.getStopAction();
    }

    /** Reads once, so that every connection gets its turn. Returns why the connection must be closed, or null. */
    private @Nullable String read(Session session, SocketChannel channel) throws IOException {
        if (!session.mayRead()) {
            return null;
        }
        Replying replies = new Replying(session, pool);
        try {
            if (session.assembly.wantsToRead()) {
                return readLarge(session, channel, replies);
            }
            ByteBuffer buffer = readBuffer.get().clear();
            int read = channel.read(buffer);
            return read < 0 ? "the client closed it" : cut(session, buffer.flip(), replies);
        } catch (RecordAssembly.Violation e) {
            return e.getMessage();
        } finally {
            replies.flush();
        }
    }

    private @Nullable String readLarge(Session session, SocketChannel channel, Replying replies) throws IOException {
        if (session.assembly.readFrom(channel) < 0) {
            return "the client closed it in the middle of a call";
        }
        return session.assembly.isComplete() ? serveAssembled(session, replies) : null;
    }

    private @Nullable String cut(Session session, ByteBuffer stream, Replying replies) throws RecordAssembly.Violation {
        String violation = null;
        while (stream.hasRemaining() && violation == null) {
            int whole = session.assembly.isUnderWay() ? 0 : wholeRecordBytes(stream);
            if (whole > 0) {
                int begin = stream.position() + RecordAssembly.MARK_BYTES;
                stream.position(begin + whole);
                violation = dispatcher.serve(session, stream.slice(begin, whole), null, replies);
            } else if (session.assembly.take(stream)) {
                violation = serveAssembled(session, replies);
            }
        }
        return violation;
    }

    /** Length of the record that begins here, when it is here completely and in one fragment; else 0. */
    private static int wholeRecordBytes(ByteBuffer stream) {
        if (stream.remaining() < RecordAssembly.MARK_BYTES) {
            return 0;
        }
        int mark = stream.getInt(stream.position());
        int length = mark & ~RecordAssembly.LAST_FRAGMENT;
        boolean whole = mark < 0 && length <= stream.remaining() - RecordAssembly.MARK_BYTES;
        return whole ? length : 0;
    }

    private @Nullable String serveAssembled(Session session, Replying replies) {
        if (session.assembly.isEmpty()) {
            return "a record without a call";
        }
        RecordAssembly.Owned owned = session.assembly.finish();
        return dispatcher.serve(session, owned.bytes(), owned, replies);
    }
}
