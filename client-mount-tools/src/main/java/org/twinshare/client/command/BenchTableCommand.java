package org.twinshare.client.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.twinshare.client.bench.Comparison;
import org.twinshare.exports.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinmount bench-table}: the last step of bench/compare. */
@Command(
        name = "bench-table",
        hidden = true,
        description = "Prints the reports of two servers, files DIR/SERVER.TURN.LABEL.json, as one table.",
        mixinStandardHelpOptions = true)
final class BenchTableCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DIR", description = "Where the reports are.")
    private Path directory = Path.of("");

    @Parameters(index = "1", paramLabel = "BASE", description = "The server that the other is divided by.")
    private String base = "";

    @Parameters(index = "2", paramLabel = "OTHER", description = "The other server.")
    private String other = "";

    @Override
    public Integer call() {
        try {
            spec.commandLine().getOut().print(Comparison.table(directory, base, other));
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        } catch (IOException failure) {
            Problem problem = new Problem(
                    "the reports in " + directory + " cannot be read",
                    String.valueOf(failure.getMessage()),
                    "name the directory that twinmount bench --json wrote into");
            spec.commandLine().getErr().println(problem.text());
            return ExitCode.FAILED;
        }
    }
}
