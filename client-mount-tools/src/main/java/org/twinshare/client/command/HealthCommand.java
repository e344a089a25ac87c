package org.twinshare.client.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.health.Examination;
import org.twinshare.client.health.HealthServer;
import org.twinshare.client.health.ShareVital;
import org.twinshare.client.node.Failure;
import org.twinshare.client.node.Node;
import org.twinshare.exports.Problem;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** {@code twinmount health}: whether this node can serve visitors, said once or to a load balancer over HTTP. */
final class HealthCommand implements Callable<Integer> {
    private final Node node;
    private final PositionalParamSpec mountPoint = PositionalParamSpec.builder()
            .arity("0..1")
            .type(String.class)
            .paramLabel("MOUNTPOINT")
            .description("Where the share is mounted; not needed where one is.")
            .build();
    private final OptionSpec http = OptionSpec.builder("--http")
            .type(String.class)
            .paramLabel("[ADDRESS]:PORT")
            .description("Answer over HTTP until stopped: 200 or 503. An empty address is all of them.")
            .build();
    private final OptionSpec fullPercent = OptionSpec.builder("--full")
            .type(int.class)
            .defaultValue("98")
            .paramLabel("PERCENT")
            .description("From how much of the disk in use on it counts as full (${DEFAULT-VALUE}).")
            .build();
    private final CommandSpec line;

    HealthCommand(Node node) {
        this.node = node;
        line = ShortCommand.named(
                "health",
                "Says whether this node can serve: its share is mounted, answers within a second, and has room.",
                this);
        line.addPositional(mountPoint).addOption(http).addOption(fullPercent);
        line.usageMessage().sortOptions(false);
        ShortCommand.exitCodes(
                line,
                Map.of(
                        ExitCode.OK,
                        "it can",
                        ExitCode.FAILED,
                        "cannot listen, or it is not clear which share is meant",
                        ExitCode.USAGE,
                        "usage",
                        ExitCode.PROBLEMS_FOUND,
                        "it cannot"));
    }

    /** What its line may say. */
    CommandSpec line() {
        return line;
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            Path share = ShareChoice.mountPoint(node, mountPoint.getValue());
            Examination examination = new Examination(List.of(new ShareVital(node, share, fullPercent.getValue())));
            @Nullable String address = http.getValue();
            return address == null ? once(examination) : serve(listen(address), examination);
        } catch (Failure failure) {
            line.commandLine().getErr().println(failure.problem().text());
            return ExitCode.of(failure);
        }
    }

    private int once(Examination examination) {
        List<Problem> problems = examination.problems();
        if (problems.isEmpty()) {
            line.commandLine().getOut().println("ok");
            return ExitCode.OK;
        }
        problems.forEach(each -> line.commandLine().getOut().println(each.text()));
        return ExitCode.PROBLEMS_FOUND;
    }

    private int serve(InetSocketAddress address, Examination examination) throws InterruptedException {
        PrintWriter out = line.commandLine().getOut();
        try (HealthServer server = HealthServer.start(address, examination)) {
            out.println("Answering on port " + server.address().getPort() + ": 200 when this node can serve, else 503");
            out.flush();
            // Until a signal ends the process.
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (IOException failure) {
            Problem problem = new Problem(
                    "cannot listen on " + http.getValue(),
                    String.valueOf(failure.getMessage()),
                    "stop what listens there, or name another port:  --http :9051");
            line.commandLine().getErr().println(problem.text());
            return ExitCode.FAILED;
        }
    }

    private InetSocketAddress listen(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new ParameterException(line.commandLine(), "'" + text + "' is not [ADDRESS]:PORT, such as :9050");
        }
        return colon == 0
                ? new InetSocketAddress(Integer.parseInt(port))
                : new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
    }
}
