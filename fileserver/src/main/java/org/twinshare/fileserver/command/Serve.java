package org.twinshare.fileserver.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.PathMapping;
import org.twinshare.fileserver.server.FileServer;
import org.twinshare.fileserver.server.JournalPlace;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.RunningServer;
import org.twinshare.fileserver.server.ServeConfig;
import org.twinshare.fileserver.server.UncaughtFailure;
import org.twinshare.fileserver.settings.Settings;
import org.twinshare.fileserver.source.SourceRefused;
import org.twinshare.fileserver.source.SourceSettings;
import org.twinshare.filestore.posix.OwnProcess;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinshare serve}: serves until it is told to stop. */
@Command(name = "serve", description = "Serve a directory, or what an exports file says, over NFSv3.")
final class Serve implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Serve.class);
    private static final Duration STOP_WITHIN = Duration.ofMillis(4500);
    /** Words that are about writing the unit, and do not belong into it. */
    private static final Set<String> ONLY_FOR_THE_UNIT = Set.of("serve", "--boot", "--dry-run", "--yes");

    private static final int MIN_TRANSFER_BYTES = 4096;
    private static final int MAX_TRANSFER_BYTES = 4 << 20;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "Directory to serve. Without it, the exports file says what to serve.")
    private @Nullable Path directory;

    @Option(
            names = "--as",
            paramLabel = "PATH",
            description = "Path that clients mount DIR by.",
            defaultValue = "/localData")
    private String as = "/localData";

    @Option(
            names = "--exports",
            paramLabel = "FILE",
            description =
                    "Exports file (default: /etc/twinshare/exports, else /etc/exports). With DIR it says who may mount"
                            + " DIR, by the path of --as.")
    private @Nullable Path exports;

    @Option(names = "--port", description = "TCP port of NFS and MOUNT.", defaultValue = "2049")
    private int port;

    @Option(names = "--bind", paramLabel = "ADDR", description = "Address to listen on.", defaultValue = "0.0.0.0")
    private String bind = "0.0.0.0";

    @Option(
            names = "--http",
            paramLabel = "ADDR:PORT",
            description = "Status page, /metrics and /healthz; \"off\" for none.",
            defaultValue = "127.0.0.1:9049")
    private String http = "127.0.0.1:9049";

    @Option(
            names = "--portmap",
            description = "Answer for the portmapper, so that a mount without ports works: auto or off.",
            defaultValue = "auto")
    private PortmapChoice portmap = PortmapChoice.AUTO;

    @Option(
            names = "--journal",
            paramLabel = "DIR",
            description =
                    "Directory of the journal, best on a disk of its own (default: journal in the state directory).")
    private @Nullable Path journal;

    @Option(
            names = "--journal-size",
            paramLabel = "MIB",
            description = "The most that the journal takes on disk, 64 to 1048576 MiB.",
            defaultValue = "1024")
    private int journalSize;

    @Option(names = "--adopt", description = "Serve DIR although it is not the directory that the state knows.")
    private boolean adopt;

    @Option(names = "--manage-gids", description = "Look the groups of callers up on this server.")
    private boolean manageGids;

    @Option(
            names = "--max-transfer",
            paramLabel = "BYTES",
            description = "The most that one READ or WRITE moves, 4096 to 4194304.",
            defaultValue = "1048576")
    private int maxTransferBytes;

    @Option(names = "--rsync-port", description = "TCP port of the rsync daemon for [source.*].", defaultValue = "873")
    private int rsyncPort;

    @Option(
            names = "--node-port",
            description = "TCP port at which nodes ask for releases of [source.*].",
            defaultValue = "2051")
    private int nodePort;

    @Option(names = "--yes", description = "Make DIR where it is missing, without asking.")
    private boolean yes;

    @Option(names = "--print-ports", description = "Print the firewall's lines and do not serve.")
    private boolean printPorts;

    @Option(names = "--boot", description = "Write and enable a systemd unit that serves like this from boot on.")
    private boolean boot;

    @Option(names = "--dry-run", description = "With --boot: print the unit and change nothing.")
    private boolean dryRun;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @CommandLine.ParentCommand
    private @Nullable Twinshare top;

    @Mixin
    private PairOptions pair = new PairOptions();

    @Mixin
    private ServerOptions options = new ServerOptions();

    enum PortmapChoice {
        AUTO,
        OFF
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            if (printPorts) {
                System.out.print(Banner.firewall(port, rsyncPort, nodePort, pair.port()));
                return ExitCodes.OK;
            }
            ServeConfig config = config();
            SourceSettings sources = sources(top == null ? Settings.NONE : top.settings());
            if (boot) {
                return boot(config);
            }
            if (directory != null) {
                MissingDirectory.offer(directory, yes);
            }
            // The server's threads do the work, and a signal ends the process, or a disk that has failed.
            System.err.println("error: " + serve(config, sources).awaitFailure());
            return ExitCodes.FAILED;
        } catch (Refused e) {
            return ServerOptions.print(e);
        }
    }

    private int boot(ServeConfig config) throws Refused {
        List<String> given =
                spec == null ? List.of() : withAbsolutePaths(spec.commandLine().getParseResult());
        List<String> words = new ArrayList<>(List.of("serve"));
        given.stream().filter(word -> !ONLY_FOR_THE_UNIT.contains(word)).forEach(words::add);
        Path launcher = Path.of(System.getProperty("twinshare.launcher", "/usr/bin/twinshare"));
        BootUnit unit = BootUnit.of(config, launcher, words, System.getenv());
        if (dryRun) {
            System.out.print(unit.text());
            return ExitCodes.OK;
        }
        if (directory != null) {
            MissingDirectory.offer(directory, yes);
        }
        unit.install();
        System.err.println("Serving now and from every boot on. See:  systemctl status twinshare");
        return ExitCodes.OK;
    }

    /** systemd starts it in another directory. */
    private static List<String> withAbsolutePaths(CommandLine.ParseResult parsed) {
        Set<String> paths = parsed.matchedArgs().stream()
                .filter(argument -> argument.type() == Path.class)
                .flatMap(argument -> argument.stringValues().stream())
                .collect(Collectors.toSet());
        return parsed.originalArgs().stream()
                .map(word -> {
                    String value = word.startsWith("--") ? word.substring(word.indexOf('=') + 1) : word;
                    String option = word.substring(0, word.length() - value.length());
                    return paths.contains(value)
                            ? option + Path.of(value).toAbsolutePath().normalize()
                            : word;
                })
                .toList();
    }

    private RunningServer serve(ServeConfig config, SourceSettings sources) throws Refused, InterruptedException {
        if (top != null) {
            top.awaitStart();
        }
        Thread.setDefaultUncaughtExceptionHandler(
                new UncaughtFailure(() -> Runtime.getRuntime().halt(ExitCodes.FAILED)));
        // The quotas of the users hold, in this thread and in all that come of it.
        boolean unusedPassed = OwnProcess.passQuotas(false);
        RunningServer running = RunningServer.start(config, sources, Version.text());
        FileServer server = running.server();
        // Before anything is said: whoever reads that it serves may stop it at once.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(running)));
        Hangup.handle(() -> Thread.ofVirtual()
                .start(() -> running.server().reload().diagnostics().forEach(found -> LOG.warn("{}", found.text()))));
        server.warnings().forEach(System.err::println);
        System.out.print(Banner.of(running));
        System.out.flush();
        ServiceManager.ready("serving " + server.exports().table().exports().size() + " exports on TCP port "
                + server.address().getPort());
        return running;
    }

    private static void stop(RunningServer running) {
        ServiceManager.stopping();
        try {
            boolean finished = running.stop(STOP_WITHIN);
            System.err.println(
                    finished ? "Stopped; all calls were answered." : "Stopped; some calls were not answered in time.");
        } catch (IOException | InterruptedException e) {
            System.err.println("error: stopping failed: " + e.getMessage());
        }
    }

    ServeConfig config() throws Refused {
        BytePath real = directory == null
                ? null
                : path(directory.toAbsolutePath().normalize().toString(), "DIR");
        BytePath seen = path(as, "--as");
        boolean mapped = real != null && exports != null;
        return new ServeConfig(
                mapped ? null : real,
                seen,
                exports == null ? Places.exports() : exports,
                mapped ? new PathMapping(Map.of(seen, real)) : PathMapping.NONE,
                address(bind, port, "--bind"),
                options.state().toAbsolutePath(),
                journalPlace(),
                pair.config(address(bind, port, "--bind").getAddress()),
                http.equals("off") ? null : addressAndPort(http),
                portmap == PortmapChoice.AUTO,
                adopt,
                manageGids,
                transfer());
    }

    private JournalPlace journalPlace() throws Refused {
        if (journalSize < JournalPlace.MIN_MEBIBYTES || journalSize > JournalPlace.MAX_MEBIBYTES) {
            throw new Refused(
                    "--journal-size " + journalSize + " is not possible",
                    "it is from " + JournalPlace.MIN_MEBIBYTES + " to " + JournalPlace.MAX_MEBIBYTES + " MiB",
                    "leave it at 1024");
        }
        JournalPlace inState = JournalPlace.in(options.state().toAbsolutePath());
        Path directory = journal == null ? inState.directory() : journal.toAbsolutePath();
        return new JournalPlace(directory, (long) journalSize << 20, inState.checkpointEvery());
    }

    /** The source trees of the settings file. */
    SourceSettings sources(Settings settings) throws Refused {
        try {
            return SourceSettings.of(
                    settings.table("source"), address(bind, rsyncPort, "--bind"), address(bind, nodePort, "--bind"));
        } catch (SourceRefused e) {
            throw new Refused(e.problem());
        }
    }

    private int transfer() throws Refused {
        if (maxTransferBytes < MIN_TRANSFER_BYTES
                || maxTransferBytes > MAX_TRANSFER_BYTES
                || Integer.bitCount(maxTransferBytes) != 1) {
            throw new Refused(
                    "--max-transfer " + maxTransferBytes + " is not possible",
                    "it is a power of two from " + MIN_TRANSFER_BYTES + " to " + MAX_TRANSFER_BYTES,
                    "leave it at 1048576");
        }
        return maxTransferBytes;
    }

    private static BytePath path(String text, String option) throws Refused {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String fault = BytePath.faultOf(bytes).orElse(null);
        if (fault != null) {
            throw new Refused(option + " " + text + " " + fault, "", "write it as /one/two");
        }
        return BytePath.of(bytes);
    }

    private static InetSocketAddress addressAndPort(String text) throws Refused {
        int colon = text.lastIndexOf(':');
        try {
            String host = colon <= 0 ? "127.0.0.1" : text.substring(0, colon);
            return address(host, Integer.parseInt(text.substring(colon + 1)), "--http");
        } catch (NumberFormatException e) {
            throw new Refused("--http " + text + " is no address and port", "", "write it as 127.0.0.1:9049, or off");
        }
    }

    private static InetSocketAddress address(String host, int port, String option) throws Refused {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new Refused(option + " " + host + " is no address of this host", "", "ip -br addr  shows them");
        } catch (IllegalArgumentException e) {
            throw new Refused(port + " is no port", "ports go from 0 to 65535", "use 2049");
        }
    }
}
