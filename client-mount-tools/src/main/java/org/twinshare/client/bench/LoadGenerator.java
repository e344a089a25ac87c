package org.twinshare.client.bench;

import com.google.common.base.Throwables;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.twinshare.client.probe.SourceAddress;

/**
 * All connections of a run, spread over a few loops with a thread each. A phase begins on all of them at once and is over
 * when the last reply came. Used by one thread.
 */
final class LoadGenerator implements Closeable {
    private final List<LoadLoop> loops = new ArrayList<>();
    private final ExecutorService threads;

    private LoadGenerator(int threadCount) {
        this.threads = Executors.newFixedThreadPool(
                threadCount, Thread.ofPlatform().name("load-", 0).daemon().factory());
    }

    /** Opens the connections. */
    static LoadGenerator connect(BenchSettings settings, Workload workload) throws IOException {
        LoadGenerator generator = new LoadGenerator(settings.threads());
        try {
            for (int each = 0; each < Math.min(settings.threads(), settings.connections()); each++) {
                generator.loops.add(new LoadLoop(settings.patience()));
            }
            for (int each = 0; each < settings.connections(); each++) {
                LoadLoop loop = generator.loops.get(each % generator.loops.size());
                loop.add(open(settings, workload.script(each), each));
            }
            return generator;
        } catch (IOException | RuntimeException failure) {
            generator.close();
            throw failure;
        }
    }

    private static LoadConnection open(BenchSettings settings, Script script, int index) throws IOException {
        SourceAddress usual = settings.target().source();
        SourceAddress source =
                new SourceAddress(settings.sourceOf(index).map(Optional::of).orElse(usual.address()), usual.ports());
        Dialer dialer = new Dialer(source, settings.target().nfsAddress(), settings.patience(), settings.reconnect());
        return new LoadConnection(dialer, script, index, settings.depth());
    }

    /**
     * Runs a phase on all connections.
     *
     * @throws IOException when one of them failed; the phase is over for the others then too
     */
    Tally run(Phase phase) throws IOException {
        return await(start(phase));
    }

    /** Begins a phase and returns at once. */
    List<Future<Tally>> start(Phase phase) {
        List<Future<Tally>> running = new ArrayList<>();
        for (LoadLoop loop : loops) {
            running.add(threads.submit(() -> {
                try {
                    return loop.run(phase);
                } catch (IOException | RuntimeException failure) {
                    phase.end();
                    throw failure;
                }
            }));
        }
        return running;
    }

    static Tally await(List<Future<Tally>> running) throws IOException {
        Tally sum = new Tally();
        for (Future<Tally> each : running) {
            try {
                sum.add(each.get());
            } catch (ExecutionException failure) {
                throw new IOException(Throwables.getRootCause(failure).getMessage(), failure);
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupt);
            }
        }
        return sum;
    }

    /** How many operations each connection began in the phase that ran last. */
    List<Long> begunByConnection() {
        return loops.stream()
                .flatMap(loop -> loop.connections().stream())
                .map(LoadConnection::begun)
                .toList();
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        for (LoadLoop each : loops) {
            each.close();
        }
    }
}
