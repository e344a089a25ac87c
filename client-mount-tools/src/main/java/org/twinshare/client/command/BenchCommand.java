package org.twinshare.client.command;

import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.bench.Bench;
import org.twinshare.client.bench.BenchException;
import org.twinshare.client.bench.BenchSettings;
import org.twinshare.client.bench.JsonReport;
import org.twinshare.client.bench.RunReport;
import org.twinshare.client.bench.TextReport;
import org.twinshare.client.bench.WorkloadKind;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.SourceAddress;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Target;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinmount bench}: puts load on an NFSv3 server and says what it did and what that cost. */
@Command(
        name = "bench",
        description = "Puts load on an NFSv3 server and reports rates, latencies and processor time.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything came as expected",
            "1:an unexpected status, a wrong byte, or a run that broke off",
            "2:usage",
            "4:the server is not reachable"
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "HOST:/PATH",
            defaultValue = "127.0.0.1:/localData",
            description = "What to mount (${DEFAULT-VALUE}).")
    private String server = "";

    @Option(names = "--list", description = "List the workloads and exit.")
    private boolean list;

    @Option(
            names = {"-w", "--workload"},
            split = ",",
            converter = Converters.Workloads.class,
            paramLabel = "NAME",
            description = "What to run, one after the other: see --list.")
    private List<WorkloadKind> workloads = new ArrayList<>();

    @Option(names = "--port", defaultValue = "2049", description = "The server's NFS port (${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--mount-port", paramLabel = "PORT", description = "Its MOUNT port (the NFS port).")
    private @Nullable Integer mountPort;

    @Option(
            names = {"-c", "--connections"},
            defaultValue = "4",
            description = "Connections in all (${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = {"-q", "--depth"},
            defaultValue = "8",
            description = "Calls in flight on each connection (${DEFAULT-VALUE}).")
    private int depth;

    @Option(names = "--threads", defaultValue = "1", description = "Threads of the generator (${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = {"-d", "--duration"},
            defaultValue = "10s",
            converter = Converters.Durations.class,
            description = "How long to measure (${DEFAULT-VALUE}).")
    private Duration duration = Duration.ZERO;

    @Option(
            names = {"-n", "--operations"},
            description = "How many operations to measure, instead of a duration.")
    private @Nullable Long operations;

    @Option(
            names = "--warm-up",
            defaultValue = "2s",
            converter = Converters.Durations.class,
            paramLabel = "DURATION",
            description = "How long to run before measuring (${DEFAULT-VALUE}).")
    private Duration warmUp = Duration.ZERO;

    @Option(
            names = "--from",
            split = ",",
            paramLabel = "ADDRESS[-ADDRESS]",
            description = "Local addresses to connect from, in turn: 127.0.0.1-127.0.0.100.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--source-ports",
            defaultValue = "RESERVED_WHERE_ALLOWED",
            paramLabel = "PORTS",
            description = "Ports to connect from: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private SourceAddress.Ports sourcePorts = SourceAddress.Ports.RESERVED_WHERE_ALLOWED;

    @Option(names = "--uid", defaultValue = "0", description = "User of the calls (${DEFAULT-VALUE}).")
    private long uid;

    @Option(names = "--gid", defaultValue = "0", description = "Group of the calls (${DEFAULT-VALUE}).")
    private long gid;

    @Option(
            names = "--io-size",
            converter = Converters.Sizes.class,
            paramLabel = "SIZE",
            description = "Bytes of one READ or WRITE, or of one page of a listing (the workload's own).")
    private @Nullable Long ioSize;

    @Option(
            names = "--file-size",
            converter = Converters.Sizes.class,
            paramLabel = "SIZE",
            description = "Bytes of each file (the workload's own).")
    private @Nullable Long fileSize;

    @Option(names = "--files", description = "How many files (the workload's own).")
    private @Nullable Integer files;

    @Option(names = "--entries", defaultValue = "10000", description = "Entries to list (${DEFAULT-VALUE}).")
    private int entries;

    @Option(
            names = "--directory",
            paramLabel = "PATH",
            description = "Directory below HOST:/PATH to list, instead of one made for it; --entries says what it has.")
    private @Nullable String directory;

    @Option(names = "--stable", description = "How to write: ${COMPLETION-CANDIDATES} (the workload's own).")
    private @Nullable Stability stability;

    @Option(
            names = "--commit-every",
            defaultValue = "64",
            paramLabel = "WRITES",
            description = "Random UNSTABLE writes of a slot for one COMMIT (${DEFAULT-VALUE}).")
    private int commitEvery;

    @Option(names = "--verify", description = "Compare every byte read, and read back everything written.")
    private boolean verify;

    @Option(names = "--bulk-writer", description = "Measure again beside one connection that writes 1 MiB blocks.")
    private boolean bulkWriter;

    @Option(names = "--keep", description = "Leave the files there: removals slow the creates after them on ext4.")
    private boolean keep;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "What the random choices begin with (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--reconnect",
            description =
                    "When the server ends a connection, connect anew and send again what was not answered, as an NFS"
                            + " client does: the longest latency is the pause of a switchover.")
    private boolean reconnect;

    @Option(names = "--server-pid", paramLabel = "PID", description = "The server's process, to report what it used.")
    private @Nullable Long serverPid;

    @Option(
            names = "--timeout",
            defaultValue = "60s",
            converter = Converters.Durations.class,
            description = "How long the server may be silent (${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Option(names = "--quiet", description = "Print only what was not as expected.")
    private boolean quiet;

    @Override
    public Integer call() throws UnknownHostException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            for (WorkloadKind each : WorkloadKind.values()) {
                out.printf("%-18s %s%n", each.commandName(), each.description());
            }
            return ExitCode.OK;
        }
        if (workloads.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "which --workload? --list names them");
        }
        return run(settings(), out);
    }

    private int run(BenchSettings settings, PrintWriter out) {
        List<RunReport> reports = new ArrayList<>();
        try (Interruption interruption = Interruption.await()) {
            for (WorkloadKind each : workloads) {
                Bench bench = new Bench(settings, each);
                if (interruption.stops(bench)) {
                    reports.add(run(bench, out));
                }
            }
            if (json) {
                out.println(JsonReport.of(server, reports));
            }
            out.flush();
        } catch (BenchException failure) {
            spec.commandLine().getErr().println(failure.problem().text());
            return failure.isUnreachable() ? ExitCode.UNREACHABLE : ExitCode.FAILED;
        }
        return reports.stream().allMatch(RunReport::isClean) ? ExitCode.OK : ExitCode.FAILED;
    }

    private RunReport run(Bench bench, PrintWriter out) throws BenchException {
        RunReport report = bench.run();
        if (!json && !(quiet && report.isClean())) {
            out.print(TextReport.of(report));
            out.flush();
        }
        return report;
    }

    /** What the options say; a wrong combination is a usage error. */
    BenchSettings settings() throws UnknownHostException {
        int colon = server.indexOf(":/");
        if (colon < 1) {
            throw new ParameterException(spec.commandLine(), "'" + server + "' is not HOST:/PATH");
        }
        Target target = Target.at(server.substring(0, colon), port)
                .mountPort(mountPort == null ? port : mountPort)
                .ports(sourcePorts)
                .as(Credential.of(uid, gid))
                .timeout(timeout);
        try {
            return new BenchSettings(
                    target,
                    server.substring(colon + 1),
                    connections,
                    depth,
                    threads,
                    duration,
                    operations == null ? OptionalLong.empty() : OptionalLong.of(operations),
                    warmUp,
                    addresses(),
                    ioSize == null ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(ioSize)),
                    fileSize == null ? OptionalLong.empty() : OptionalLong.of(fileSize),
                    files == null ? OptionalInt.empty() : OptionalInt.of(files),
                    entries,
                    Optional.ofNullable(stability),
                    commitEvery,
                    Optional.ofNullable(directory),
                    verify,
                    bulkWriter,
                    keep,
                    seed,
                    reconnect,
                    serverPid == null ? OptionalLong.empty() : OptionalLong.of(serverPid),
                    timeout);
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private List<InetAddress> addresses() throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String each : from) {
            addresses.addAll(new Converters.Addresses().convert(each));
        }
        return addresses;
    }
}
