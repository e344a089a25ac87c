package org.twinshare.client.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One thread's share of the load: waits for whichever of its connections has replies and lets it make its next calls. The
 * thread sleeps in epoll when there is nothing to do. Used by one thread at a time.
 */
final class LoadLoop implements Closeable {
    /** Twice this fits into a core's cache, and it holds hundreds of small replies. */
    private static final int BUFFER_BYTES = 256 << 10;

    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final List<LoadConnection> connections = new ArrayList<>();
    /** Those of them that were lost, and are to be made anew. */
    private final List<LoadConnection> lost = new ArrayList<>();

    private final Duration patience;

    /** @param patience how long all connections may be silent while calls are in flight */
    LoadLoop(Duration patience) throws IOException {
        this.selector = Selector.open();
        this.patience = patience;
    }

    void add(LoadConnection connection) throws IOException {
        register(connection);
        connections.add(connection);
    }

    private void register(LoadConnection connection) throws IOException {
        connection.channel().configureBlocking(false);
        connection.register(connection.channel().register(selector, SelectionKey.OP_READ, connection));
    }

    List<LoadConnection> connections() {
        return connections;
    }

    /**
     * Runs one phase to its end, including the calls in flight then.
     *
     * @throws IOException when a connection fails, or the server is silent for longer than the patience
     */
    Tally run(Phase phase) throws IOException {
        Tally tally = new Tally();
        long startNs = System.nanoTime();
        for (LoadConnection each : connections) {
            each.begin(phase, tally);
        }
        while (!allDone()) {
            long leftNs = phase.durationNs() - (System.nanoTime() - startNs);
            if (leftNs <= 0) {
                phase.end();
            }
            awaitReplies(phase.isOver() ? patience.toNanos() : Math.min(leftNs, patience.toNanos()), phase);
        }
        return tally;
    }

    /**
     * The yield gives the processor to whoever else wants it, on a small machine the server: then more replies are there
     * at the next look, and each costs less. With nobody waiting it costs nothing that counts.
     */
    @SuppressWarnings("ThreadPriorityCheck")
    private void awaitReplies(long timeoutNs, Phase phase) throws IOException {
        try {
            long timeoutMs = timeoutNs / 1_000_000 + 1;
            Thread.yield();
            int readyCount = selector.select(this::ready, timeoutMs);
            reconnect();
            if (readyCount == 0 && timeoutMs > patience.toMillis() && !allDone()) {
                throw new IOException("the server answered nothing for " + patience.toSeconds() + " s while "
                        + (phase.isOver() ? "the last calls were awaited" : "calls were in flight"));
            }
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private void reconnect() throws IOException {
        for (LoadConnection each : lost) {
            each.reconnect();
            register(each);
            each.fill();
        }
        lost.clear();
    }

    private void ready(SelectionKey key) {
        LoadConnection connection = (LoadConnection) key.attachment();
        try {
            if (key.isReadable()) {
                connection.ready(buffer);
            } else {
                connection.fill();
            }
        } catch (ConnectionLost loss) {
            if (!connection.mayReconnect()) {
                throw new UncheckedIOException(loss);
            }
            key.cancel();
            lost.add(connection);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean allDone() {
        for (LoadConnection each : connections) {
            if (!each.isDone()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        for (LoadConnection each : connections) {
            each.channel().close();
        }
        selector.close();
    }
}
