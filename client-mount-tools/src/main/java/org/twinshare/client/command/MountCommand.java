package org.twinshare.client.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.twinshare.client.mount.Mounting;
import org.twinshare.client.mount.Share;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.Node;
import org.twinshare.client.node.RehearsedNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinmount mount}: mounts the share with the options that a web node needs, now and at boot. */
@Command(
        name = "mount",
        description = "Mounts SERVER:/PATH with the options that a web node needs, and says why each of them is there.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is mounted",
            "1:the server refuses, or mount(8) failed",
            "2:usage",
            "4:the server is not reachable; with --boot all is written, and the share comes when the server does",
            "5:refused: the mount point is not empty, or used by something else",
            "6:mount(8) did not end in time"
        })
final class MountCommand implements Callable<Integer> {
    private final Node node;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "SERVER:/PATH", description = "What to mount.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "MOUNTPOINT", description = "Where to mount it.")
    private String mountPoint = "";

    @Option(
            names = "--boot",
            description =
                    "Also with every boot: a systemd mount unit, or a line in /etc/fstab where there is no systemd.")
    private boolean boot;

    @Option(
            names = "--service",
            split = ",",
            paramLabel = "NAME",
            description = "With --boot: a systemd service that starts and stops with the share, such as apache2.")
    private List<String> services = new ArrayList<>();

    @Option(names = "--dry-run", description = "Say what would be done, and change nothing.")
    private boolean dryRun;

    @Option(names = "--port", defaultValue = "2049", description = "The server's port (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--timeout",
            defaultValue = "10s",
            converter = Converters.Durations.class,
            description = "How long the server may take to answer (${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    @Option(names = "--quiet", description = "Print only what goes wrong.")
    private boolean quiet;

    MountCommand(Node node) {
        this.node = node;
    }

    @Override
    public Integer call() {
        if (!services.isEmpty() && !boot) {
            throw new ParameterException(spec.commandLine(), "--service goes with --boot");
        }
        Consumer<String> saying = quiet && !dryRun
                ? line -> {}
                : line -> spec.commandLine().getOut().println(line);
        try {
            Share share = Share.of(source, mountPoint, port);
            Node used = dryRun ? new RehearsedNode(node, saying) : node;
            Mounting mounting = new Mounting(used, share, timeout, saying);
            if (boot) {
                mounting.atBoot(services);
            } else {
                mounting.now();
            }
            return ExitCode.OK;
        } catch (Failure failure) {
            spec.commandLine().getErr().println(failure.problem().text());
            return ExitCode.of(failure);
        }
    }
}
