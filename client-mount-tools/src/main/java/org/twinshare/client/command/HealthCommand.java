package org.twinshare.client.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.health.Examination;
import org.twinshare.client.health.HealthServer;
import org.twinshare.client.health.ShareVital;
import org.twinshare.client.health.Vital;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.Node;
import org.twinshare.exports.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinmount health}: whether this node can serve visitors, said once or to a load balancer over HTTP. */
@Command(
        name = "health",
        description = "Says whether this node can serve: its share is mounted, answers within a second, and has room.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it can", "1:cannot listen, or it is not clear which share is meant", "2:usage", "3:it cannot"
        })
final class HealthCommand implements Callable<Integer> {
    private final Node node;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "MOUNTPOINT",
            description = "Where the share is mounted; not needed where one is.")
    private @Nullable String mountPoint;

    @Option(
            names = "--http",
            paramLabel = "[ADDRESS]:PORT",
            description = "Answer over HTTP until stopped: 200 or 503. An empty address is all of them.")
    private @Nullable String http;

    @Option(
            names = "--full",
            defaultValue = "98",
            paramLabel = "PERCENT",
            description = "From how much of the disk in use on it counts as full (${DEFAULT-VALUE}).")
    private int fullPercent;

    HealthCommand(Node node) {
        this.node = node;
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            List<Vital> vitals = List.of(new ShareVital(node, ShareChoice.mountPoint(node, mountPoint), fullPercent));
            return http == null ? once(new Examination(vitals)) : serve(listen(http), new Examination(vitals));
        } catch (Failure failure) {
            spec.commandLine().getErr().println(failure.problem().text());
            return ExitCode.of(failure);
        }
    }

    private int once(Examination examination) {
        List<Problem> problems = examination.problems();
        if (problems.isEmpty()) {
            spec.commandLine().getOut().println("ok");
            return ExitCode.OK;
        }
        problems.forEach(each -> spec.commandLine().getOut().println(each.text()));
        return ExitCode.PROBLEMS_FOUND;
    }

    private int serve(InetSocketAddress address, Examination examination) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (HealthServer server = HealthServer.start(address, examination)) {
            out.println("Answering on port " + server.address().getPort() + ": 200 when this node can serve, else 503");
            out.flush();
            // Until a signal ends the process.
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (IOException failure) {
            Problem problem = new Problem(
                    "cannot listen on " + http,
                    String.valueOf(failure.getMessage()),
                    "stop what listens there, or name another port:  --http :9051");
            spec.commandLine().getErr().println(problem.text());
            return ExitCode.FAILED;
        }
    }

    private InetSocketAddress listen(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new ParameterException(spec.commandLine(), "'" + text + "' is not [ADDRESS]:PORT, such as :9050");
        }
        return colon == 0
                ? new InetSocketAddress(Integer.parseInt(port))
                : new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
    }
}
