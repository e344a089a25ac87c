package org.twinshare.client.command;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.twinshare.client.node.LocalNode;
import org.twinshare.client.node.Node;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The twinmount command: what a web node needs. Each subcommand is a class of its own in this package. */
public final class Twinmount {
    /** All commands by name, in the order in which help shows them. */
    private static final Map<String, Function<Node, Object>> COMMANDS = commands();

    private Twinmount() {}

    private static Map<String, Function<Node, Object>> commands() {
        Map<String, Function<Node, Object>> commands = new LinkedHashMap<>();
        commands.put("mount", MountCommand::new);
        commands.put("umount", UmountCommand::new);
        commands.put("doctor", node -> new DoctorCommand(node).line());
        commands.put("status", node -> new StatusCommand(node).line());
        commands.put("health", node -> new HealthCommand(node).line());
        commands.put("pull", node -> new PullCommand());
        commands.put("bench", node -> new BenchCommand());
        commands.put("bench-table", node -> new BenchTableCommand());
        commands.put("help", node -> new CommandLine.HelpCommand());
        return commands;
    }

    /** A command line with all commands, ready to execute; tests give it writers of their own. */
    static CommandLine commandLine() {
        return commandLine(new LocalNode(), List.of());
    }

    /**
     * The command line with the one command that is meant, because making ready all of them would take most of the time of
     * a short command; with all of them where help or a mistake may show them.
     */
    static CommandLine commandLine(Node node, List<String> words) {
        CommandLine commandLine = new CommandLine(line());
        String meant =
                words.stream().filter(word -> !word.startsWith("-")).findFirst().orElse("");
        boolean one = COMMANDS.containsKey(meant) && !meant.equals("help");
        COMMANDS.forEach((name, command) -> {
            if (!one || name.equals(meant)) {
                commandLine.addSubcommand(name, command.apply(node));
            }
        });
        return commandLine
                .setDefaultValueProvider(new EnvironmentDefaults(System.getenv()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setParameterExceptionHandler(new UsageErrors());
    }

    public static void main(String... arguments) {
        System.exit(run(new LocalNode(), arguments));
    }

    /** Runs a command for a node; returns its exit code. */
    public static int run(Node node, String... arguments) {
        return commandLine(node, Arrays.asList(arguments)).execute(arguments);
    }

    private static CommandSpec line() {
        // Nothing to call: picocli asks for a subcommand then.
        return ShortCommand.named(
                "twinmount", "Mounts, checks and measures an NFSv3 server from a web node's side.", "twinmount");
    }
}
