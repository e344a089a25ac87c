package org.twinshare.client.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The twinmount command: what a web node needs. Each subcommand is a class of its own in this package. */
@Command(
        name = "twinmount",
        description = "Mounts, checks and measures an NFSv3 server from a web node's side.",
        mixinStandardHelpOptions = true,
        version = "twinmount 0.1.0",
        subcommands = {BenchCommand.class, BenchTableCommand.class, CommandLine.HelpCommand.class})
public final class Twinmount implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A command line that is ready to execute; tests give it writers of their own. */
    static CommandLine commandLine() {
        return new CommandLine(new Twinmount())
                .setDefaultValueProvider(new EnvironmentDefaults(System.getenv()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setParameterExceptionHandler(new UsageErrors());
    }

    public static void main(String... arguments) {
        System.exit(commandLine().execute(arguments));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "which subcommand?");
    }
}
