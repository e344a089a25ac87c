package org.twinshare.client.command;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.twinshare.client.mount.Share;
import org.twinshare.client.mount.Unmounting;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.Node;
import org.twinshare.client.node.RehearsedNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinmount umount}: takes the share off this node, by force also when its server is dead. */
@Command(
        name = "umount",
        description = "Unmounts the share. What --boot wrote stays: systemctl disable takes that away.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing is mounted there any more",
            "1:it is in use, or umount(8) failed",
            "2:usage",
            "5:refused: no NFS mount",
            "6:not unmounted in time: the server does not answer"
        })
final class UmountCommand implements Callable<Integer> {
    private final Node node;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MOUNTPOINT", description = "Where it is mounted.")
    private String mountPoint = "";

    @Option(
            names = "--force",
            description = "End all calls that wait for the server, and unmount within 10 s; unwritten data is lost.")
    private boolean force;

    @Option(names = "--dry-run", description = "Say what would be done, and change nothing.")
    private boolean dryRun;

    @Option(
            names = "--timeout",
            defaultValue = "30s",
            converter = Converters.Durations.class,
            description = "How long to wait without --force (${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    UmountCommand(Node node) {
        this.node = node;
    }

    @Override
    public Integer call() {
        Consumer<String> saying = line -> spec.commandLine().getOut().println(line);
        try {
            Node used = dryRun ? new RehearsedNode(node, saying) : node;
            Unmounting unmounting = new Unmounting(used, Share.mountPoint(mountPoint), saying);
            if (force) {
                unmounting.byForce();
            } else {
                unmounting.gently(timeout);
            }
            return ExitCode.OK;
        } catch (Failure failure) {
            spec.commandLine().getErr().println(failure.problem().text());
            return ExitCode.of(failure);
        }
    }
}
