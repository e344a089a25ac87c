package org.twinshare.client.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.UnexpectedStatusException;
import org.twinshare.exports.Problem;

/**
 * Runs one workload from beginning to end: makes its files, warms up, measures, reads back, cleans up. Everything that is
 * measured happens between the two looks at the clocks in {@link #measure}. Not thread-safe.
 */
public final class Bench {
    private static final long BULK_FILE_BYTES = 256L << 20;
    private static final int BULK_DEPTH = 4;

    private final BenchSettings settings;
    private final WorkloadKind kind;
    private final Workload workload;
    private volatile Phase phase = Phase.NONE;
    private volatile boolean stopped;

    public Bench(BenchSettings settings, WorkloadKind kind) {
        this.settings = settings;
        this.kind = kind;
        this.workload = kind.make(settings);
    }

    /**
     * Runs it.
     *
     * @throws BenchException when the server cannot be reached, refuses the mount or the files, or stops answering
     */
    public RunReport run() throws BenchException {
        try (NfsProbe probe = connect()) {
            try (Fixture fixture = makeFixture(probe)) {
                prepare(fixture);
                return run(fixture);
            }
        } catch (IOException failure) {
            throw failure("the run of " + kind.commandName() + " broke off", failure, "look into the server's log");
        }
    }

    private NfsProbe connect() throws BenchException {
        try {
            return NfsProbe.connect(settings.target());
        } catch (IOException failure) {
            Problem problem = new Problem(
                    "no NFS server answers at " + settings.target().nfsAddress(),
                    String.valueOf(failure.getMessage()),
                    "start the server there, or name its ports with --port and --mount-port");
            throw new BenchException(problem, true, failure);
        }
    }

    private Fixture makeFixture(NfsProbe probe) throws IOException, BenchException {
        try {
            FileHandle root = probe.mount(settings.path()).ok();
            String name = "twinshare-bench-"
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
            return Fixture.make(probe, root, name, settings.keep());
        } catch (UnexpectedStatusException refused) {
            throw noFiles(refused);
        }
    }

    private void prepare(Fixture fixture) throws IOException, BenchException {
        try {
            workload.prepare(fixture);
        } catch (UnexpectedStatusException refused) {
            throw noFiles(refused);
        }
    }

    private BenchException noFiles(UnexpectedStatusException refused) {
        return failure(
                "the files for " + kind.commandName() + " cannot be made in " + settings.path(),
                refused,
                "export it to this machine for reading and writing, and name a user who may write there with --uid and"
                        + " --gid");
    }

    private static BenchException failure(String what, IOException cause, String remedy) {
        return new BenchException(new Problem(what, String.valueOf(cause.getMessage()), remedy), false, cause);
    }

    /** Ends the measuring early, so that {@link #run} cleans up and returns soon; safe to call from any thread. */
    public void stop() {
        stopped = true;
        phase.end();
    }

    private Phase begin(Phase next) {
        phase = next;
        if (stopped) {
            next.end();
        }
        return next;
    }

    private RunReport run(Fixture fixture) throws IOException {
        try (LoadGenerator generator = LoadGenerator.connect(settings, workload)) {
            Optional<RunReport.First> first =
                    workload.measuresFirst() ? Optional.of(first(generator)) : Optional.empty();
            Tally warmUp = new Tally();
            if (workload.wantsWarmUp() && !settings.warmUp().isZero()) {
                warmUp = generator.run(begin(Phase.lasting(settings.warmUp())));
            }
            RunReport alone = measure(generator, warmUp, first);
            if (settings.reconnect()) {
                fixture.reconnect();
            }
            if (!settings.bulkWriter()) {
                return settings.verify() ? alone.withVerified(verify(fixture)) : alone;
            }
            RunReport both = alone.withBulk(besideBulkWriter(fixture, generator));
            return settings.verify() ? both.withVerified(verify(fixture)) : both;
        }
    }

    /** One operation on one connection, before anything else has been asked. */
    private RunReport.First first(LoadGenerator generator) throws IOException {
        long startNs = System.nanoTime();
        Tally tally = generator.run(begin(Phase.ofOperations(1, settings.connections())));
        return new RunReport.First((System.nanoTime() - startNs) / 1e9, tally.entries());
    }

    private RunReport measure(LoadGenerator generator, Tally warmUp, Optional<RunReport.First> first)
            throws IOException {
        Phase measured = settings.operations().isPresent()
                ? Phase.ofOperations(settings.operations().getAsLong(), settings.connections())
                : Phase.lasting(settings.duration());
        Costs costs = Costs.begin(settings.serverPid());
        Tally tally = generator.run(begin(measured));
        costs.end();
        tally.addFaults(warmUp);
        List<Long> begun = generator.begunByConnection();
        long operations = workload.isCompound()
                ? tally.operationNs().getTotalCount()
                : begun.stream().mapToLong(Long::longValue).sum();
        return report(tally, begun, operations, costs, first);
    }

    private RunReport report(
            Tally tally, List<Long> begun, long operations, Costs costs, Optional<RunReport.First> first) {
        Map<String, Latency> procedures = new TreeMap<>();
        Histogram all = new Histogram(Tally.SIGNIFICANT_DIGITS);
        tally.latencyNs().forEach((procedure, histogram) -> {
            procedures.put(procedure.name(), Latency.of(histogram));
            all.add(histogram);
        });
        return new RunReport(
                kind,
                workload.parameters(),
                settings.connections(),
                settings.depth(),
                settings.threads(),
                costs.elapsedSeconds(),
                operations,
                tally.calls(),
                tally.bytes(),
                tally.entries(),
                Latency.of(workload.isCompound() ? tally.operationNs() : all),
                procedures,
                Latency.of(tally.pauseNs()),
                tally.unexpectedByName(),
                tally.wrongCount(),
                tally.wrong(),
                Collections.min(begun),
                Collections.max(begun),
                costs.generator(),
                costs.server(),
                first,
                Optional.empty(),
                Optional.empty());
    }

    private RunReport.Verified verify(Fixture fixture) throws IOException {
        Tally tally = new Tally();
        workload.verify(fixture, tally);
        return new RunReport.Verified(tally.bytes(), tally.wrongCount(), tally.wrong());
    }

    /** The same again, while a thread of its own keeps writing 1 MiB blocks over one more connection. */
    private RunReport.Bulk besideBulkWriter(Fixture fixture, LoadGenerator generator) throws IOException {
        BenchSettings bulkSettings = settings.forBulkWriter(BULK_DEPTH, BULK_FILE_BYTES);
        Workload bulkWorkload = new SequentialWriteWorkload(bulkSettings, true);
        bulkWorkload.prepare(fixture);
        try (LoadGenerator bulk = LoadGenerator.connect(bulkSettings, bulkWorkload)) {
            Phase writing = Phase.lasting(Duration.ofDays(1));
            long startNs = System.nanoTime();
            List<Future<Tally>> running = bulk.start(writing);
            RunReport others = measure(generator, new Tally(), Optional.empty());
            writing.end();
            Tally written = LoadGenerator.await(running);
            return new RunReport.Bulk(others, written.bytes() / ((System.nanoTime() - startNs) / 1e9));
        }
    }
}
