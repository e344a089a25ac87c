package org.twinshare.client.command;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.pull.Allowance;
import org.twinshare.client.pull.BootUnits;
import org.twinshare.client.pull.Pull;
import org.twinshare.client.pull.PullFailure;
import org.twinshare.client.pull.PullSettings;
import org.twinshare.client.pull.Watch;
import org.twinshare.exports.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinmount pull}: keeps a local copy of a source tree equal to the server's live release. */
@Command(
        name = "pull",
        description = "Brings the live release of a source tree to this node, and flips to it by one rename.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the live release is here",
            "1:it failed; the tree is as before",
            "2:usage",
            "4:the server is not reachable",
            "5:refused for safety; the tree is as before"
        })
final class PullCommand implements Callable<Integer> {
    private static final long MEBIBYTE = 1 << 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The source's name on the server.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "What the web server reads: /usr/local/localSource.")
    private Path target = Path.of("");

    @Option(names = "--server", paramLabel = "HOST", description = "The file server (the one of the pull before).")
    private @Nullable String server;

    @Option(names = "--watch", description = "Stay, and follow each release within a second.")
    private boolean watch;

    @Option(names = "--boot", description = "Write and enable systemd units that watch from boot on.")
    private boolean boot;

    @Option(names = "--rollback", description = "Flip back to the release before, which is still here.")
    private boolean rollback;

    @Option(names = "--status", description = "Print what is known of TARGET, as JSON.")
    private boolean status;

    @Option(names = "--dry-run", description = "Show what would be done, and change nothing.")
    private boolean dryRun;

    @Option(names = "--keep", defaultValue = "5", description = "Releases that stay here (${DEFAULT-VALUE}).")
    private int keep;

    @Option(names = "--hook", paramLabel = "COMMAND", description = "Run after each flip, by sh.")
    private @Nullable String hook;

    @Option(
            names = "--uploads",
            paramLabel = "DIR",
            defaultValue = "/localData",
            description = "Where uploads are; a TARGET around it is refused (${DEFAULT-VALUE}).")
    private Path uploads = Path.of("");

    @Option(names = "--node", paramLabel = "NAME", description = "What this node is called (its host name).")
    private @Nullable String node;

    @Option(
            names = "--node-port",
            paramLabel = "PORT",
            defaultValue = "2051",
            description = "Where the server tells of releases (${DEFAULT-VALUE}).")
    private int nodePort;

    @Option(names = "--rsync-port", paramLabel = "PORT", description = "The server's rsync port (as it tells).")
    private @Nullable Integer rsyncPort;

    @Option(names = "--user", paramLabel = "NAME", description = "The rsync user, where the server asks for one.")
    private @Nullable String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "His password, in a file of mode 0600.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--max-delete",
            paramLabel = "N",
            defaultValue = "1000",
            description = "The most that rsync may delete while it stages (${DEFAULT-VALUE}).")
    private int maxDelete;

    @Option(names = "--take-over", description = "TARGET may be a directory: it becomes a link, and release 0.")
    private boolean takeOver;

    @Option(names = "--allow-vanished", description = "More than 20 % of the files are gone, and that is meant.")
    private boolean vanished;

    @Option(names = "--allow-local-files", description = "Leave files behind that were written here.")
    private boolean localFiles;

    @Option(names = "--allow-older-release", description = "The server's numbers may be lower than before.")
    private boolean olderRelease;

    @Option(names = "--allow-held-release", description = "Take a release again that was rolled back here.")
    private boolean heldRelease;

    @Option(names = "--allow-old-rsync", description = "Use an rsync older than 3.5.0.")
    private boolean oldRsync;

    @Option(names = "--quiet", description = "Say only what went wrong.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        target = target.toAbsolutePath().normalize();
        if (target.getFileName() == null) {
            throw new ParameterException(spec.commandLine(), "TARGET cannot be /");
        }
        try {
            return status ? status() : act(settings());
        } catch (PullFailure e) {
            return print(e);
        } catch (OutOfMemoryError e) {
            return print(PullFailure.failed(
                    "this node has too little memory for the tree of " + source,
                    "each of its files takes up to 2 KB, and "
                            + Runtime.getRuntime().maxMemory() / MEBIBYTE + " MB may be used",
                    "more memory, or a smaller tree: what is uploaded or generated belongs on the share"));
        } catch (InterruptedException e) {
            return ExitCode.OK;
        }
    }

    private int status() throws IOException {
        Optional<String> json = Pull.status(target);
        if (json.isEmpty()) {
            Problem problem = new Problem(
                    "nothing was ever pulled into " + target,
                    "",
                    "twinmount pull " + source + " " + target + " --server HOST");
            spec.commandLine().getErr().println(problem.text());
            return ExitCode.FAILED;
        }
        spec.commandLine().getOut().println(json.get());
        return ExitCode.OK;
    }

    private int act(PullSettings settings) throws IOException, PullFailure, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (boot) {
            boot(settings, out);
            return ExitCode.OK;
        }
        Terminal terminal = new Terminal();
        Pull pull = new Pull(settings, terminal, step -> {});
        if (dryRun) {
            pull.plan();
        } else if (rollback) {
            String release = pull.rollback();
            say(target + " leads to " + release + " again.");
        } else if (watch) {
            new Watch(pull, terminal).run();
        } else {
            boolean flipped = pull.once();
            say(flipped ? target + " leads to the live release." : "Nothing to do: the live release is here.");
        }
        return ExitCode.OK;
    }

    private void say(String line) {
        if (!quiet) {
            spec.commandLine().getErr().println(line);
        }
    }

    private int print(PullFailure failure) {
        spec.commandLine().getErr().println(failure.problem().text());
        return switch (failure.kind()) {
            case FAILED -> ExitCode.FAILED;
            case UNREACHABLE -> ExitCode.UNREACHABLE;
            case REFUSED -> ExitCode.REFUSED;
        };
    }

    private void boot(PullSettings settings, PrintWriter out) throws PullFailure {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("twinmount.launcher", "/usr/bin/twinmount"));
        // The whole command line, from the word "pull" on.
        spec.commandLine().getParseResult().originalArgs().stream()
                .filter(word -> !List.of("--boot", "--dry-run", "--watch").contains(word))
                .map(this::withWholePath)
                .forEach(command::add);
        BootUnits units = new BootUnits(source, target, command);
        if (dryRun) {
            out.print(units.text());
            out.flush();
            return;
        }
        units.install();
        say("Pulling now and from every boot on. See:  systemctl status twinmount-pull-" + settings.source());
    }

    /** A word of the command line; a path in it from the root on, because systemd runs it in another directory. */
    private String withWholePath(String word) {
        int begin = word.startsWith("--") ? word.indexOf('=') + 1 : 0;
        Path path = Path.of(word.substring(begin)).toAbsolutePath().normalize();
        boolean isPath = !word.equals(source)
                && Stream.concat(Stream.of(target, uploads), Optional.ofNullable(passwordFile).stream())
                        .anyMatch(given -> given.toAbsolutePath().normalize().equals(path));
        return isPath ? word.substring(0, begin) + path : word;
    }

    /** What the options say. */
    private PullSettings settings() throws IOException {
        String host = server != null ? server : Pull.serverOf(target).orElse(rollback ? "none" : null);
        if (host == null || !host.matches("[A-Za-z0-9_.:-]+")) {
            throw new ParameterException(
                    spec.commandLine(), host == null ? "which --server?" : "'" + host + "' is no --server");
        }
        if (!source.matches("[A-Za-z0-9_-]{1,64}") || keep < 2) {
            throw new ParameterException(
                    spec.commandLine(), keep < 2 ? "--keep is at least 2" : "'" + source + "' is no source's name");
        }
        return new PullSettings(
                source,
                target,
                host,
                nodePort,
                rsyncPort == null ? OptionalInt.empty() : OptionalInt.of(rsyncPort),
                node == null
                        ? Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()
                        : node,
                keep,
                Optional.ofNullable(hook),
                uploads.toAbsolutePath(),
                Optional.ofNullable(user),
                Optional.ofNullable(passwordFile),
                maxDelete,
                allowances());
    }

    private Set<Allowance> allowances() {
        Set<Allowance> allowances = EnumSet.noneOf(Allowance.class);
        add(allowances, vanished, Allowance.VANISHED);
        add(allowances, localFiles, Allowance.LOCAL_FILES);
        add(allowances, olderRelease, Allowance.OLDER_RELEASE);
        add(allowances, heldRelease, Allowance.HELD_RELEASE);
        add(allowances, oldRsync, Allowance.OLD_RSYNC);
        add(allowances, takeOver, Allowance.TAKE_OVER);
        return allowances;
    }

    private static void add(Set<Allowance> allowances, boolean given, Allowance allowance) {
        if (given) {
            allowances.add(allowance);
        }
    }

    /** Says, and asks where somebody can answer. */
    private final class Terminal implements Pull.Talk {
        @Override
        public void say(String line) {
            PullCommand.this.say(line);
        }

        @Override
        public boolean mayTakeOver(Path directory) {
            Optional<Console> console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
            String answer = console.map(terminal -> terminal.readLine(
                            "Make %s a link to the release, and keep what it is now? [y/N] ", directory))
                    .orElse("");
            return answer.strip().equalsIgnoreCase("y");
        }
    }
}
