package org.twinshare.fileserver.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.nio.transport.TCPNIOServerConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.nio.transport.TCPNIOTransportBuilder;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;
import org.glassfish.grizzly.threadpool.ThreadPoolConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves RPC programs on one TCP port. A selector thread reads and answers what it can at once; calls that may wait have
 * virtual threads of their own. Thread-safe.
 */
public final class RpcServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
    private static final int BACKLOG = 1024;

    private final RpcLimits limits;
    private final BufferPool pool = new BufferPool();
    private final MemoryBudget callMemory;
    private final MemoryBudget replyMemory;
    private final ReplyCache replyCache;
    private final Dispatcher dispatcher;
    private final RecordReader reader;
    private final TCPNIOTransport transport;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("rpc-watch").factory());

    public RpcServer(String name, RpcLimits limits, ReplyCache replyCache) {
        this(name, limits, replyCache, client -> true);
    }

    /** @param admitted whose connections are not closed before anything is read from them */
    public RpcServer(String name, RpcLimits limits, ReplyCache replyCache, Predicate<InetAddress> admitted) {
        this.limits = limits;
        this.replyCache = replyCache;
        callMemory = new MemoryBudget(limits.callBytes());
        replyMemory = new MemoryBudget(limits.replyBytes());
        dispatcher = new Dispatcher(pool, replyCache, replyMemory);
        reader = new RecordReader(limits, pool, callMemory, dispatcher, admitted);
        int selectors = Math.max(2, Runtime.getRuntime().availableProcessors());
        ThreadPoolConfig threads = ThreadPoolConfig.defaultConfig()
                .copy()
                .setPoolName(name)
                .setCorePoolSize(selectors)
                .setMaxPoolSize(selectors);
        transport = TCPNIOTransportBuilder.newInstance()
                .setName(name)
                .setIOStrategy(SameThreadIOStrategy.getInstance())
                .setSelectorThreadPoolConfig(threads)
                .setSelectorRunnersCount(selectors)
                .setReuseAddress(true)
                .setTcpNoDelay(true)
                .setKeepAlive(true)
                // By a reset, also when this process is killed. What waits for its peer's last word waits for minutes
                // where the address has moved on, and keeps that client out when it comes back: decision 26.
                .setLinger(0)
                .setProcessor(FilterChainBuilder.stateless().add(reader).build())
                .build();
        // What one connection may have unsent is bounded by its session, which is not read beyond that.
        transport.getAsyncQueueIO().getWriter().setMaxPendingBytesPerConnection(-1);
    }

    /** Offers a program; also while the server runs. */
    public void offer(RpcProgram program) {
        dispatcher.offer(program);
    }

    /** Begins to serve; returns the address, with the port that was chosen where 0 was asked for. */
    public InetSocketAddress start(InetSocketAddress address) throws IOException {
        TCPNIOServerConnection bound = transport.bind(address, BACKLOG);
        transport.start();
        ScheduledFuture<?> unused = watch.scheduleWithFixedDelay(this::closeStalled, 1, 1, TimeUnit.SECONDS);
        SocketAddress local = bound.getLocalAddress();
        return (InetSocketAddress) local;
    }

    /** The connections that are open now. */
    public Collection<Session> sessions() {
        return reader.sessions();
    }

    private void closeStalled() {
        try {
            long now = System.nanoTime();
            for (Session session : reader.sessions()) {
                long in = callMemory.isShort()
                        ? limits.stalledAfterIfNeeded().toNanos()
                        : limits.stalledAfter().toNanos();
                long out = replyMemory.isShort() || pool.takenBytes() > limits.plentyBytes()
                        ? limits.stalledAfterIfNeeded().toNanos()
                        : limits.stalledAfter().toNanos();
                if (session.mayRead() && session.assembly.stalledNs(now) > in) {
                    session.terminate("it stopped in the middle of a call");
                } else if (session.outbox().stalledNs(now) > out || session.closingNs(now) > out) {
                    session.terminate("it takes no replies");
                }
            }
            closeSurplus();
        } catch (RuntimeException e) {
            LOG.error("Watching the connections failed; this is a fault of the server", e);
        }
    }

    private void closeSurplus() {
        int surplus = reader.sessions().size() - limits.maxConnections();
        if (surplus > 0) {
            LOG.warn(
                    "{} connections are open and {} is the limit: closing those that were idle longest",
                    reader.sessions().size(),
                    limits.maxConnections());
            reader.sessions().stream()
                    .filter(Session::isIdle)
                    .sorted(Comparator.comparingLong(Session::lastCallNs))
                    .limit(surplus)
                    .forEach(session -> session.terminate("too many connections, and this one was idle longest"));
        }
    }

    /** Begins no more calls, which wait in their connections, and waits for those under way; true when all were answered. */
    public boolean hold(Duration atMost) throws InterruptedException {
        reader.hold(true);
        return dispatcher.underWay().awaitNone(atMost);
    }

    /** Goes on after {@link #hold}. */
    public void resume() {
        reader.hold(false);
    }

    /** Takes no more connections and calls, and waits for those that are under way; true when all were answered. */
    public boolean stop(Duration atMost) throws InterruptedException, IOException {
        watch.shutdownNow();
        transport.unbindAll();
        for (Session session : reader.sessions()) {
            session.starve();
        }
        boolean answered = dispatcher.underWay().awaitNone(atMost);
        transport.shutdownNow();
        return answered;
    }

    @Override
    public void close() throws IOException {
        watch.shutdownNow();
        transport.shutdownNow();
    }

    /** Calls that are being carried out by threads of their own. */
    public int callsUnderWay() {
        return dispatcher.underWay().count();
    }

    /** What was answered lately. */
    public ReplyCache replyCache() {
        return replyCache;
    }

    MemoryBudget callMemory() {
        return callMemory;
    }

    MemoryBudget replyMemory() {
        return replyMemory;
    }

    /** Native memory in use for calls and replies, in bytes. */
    public long bufferBytes() {
        return pool.takenBytes();
    }
}
