package org.twinshare.fileserver.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.settings.Settings;
import org.twinshare.filestore.identity.StartAhead;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/** The {@code twinshare} command; its subcommands are in files of their own. */
@Command(
        name = "twinshare",
        description = "The file server of a web farm: NFSv3 over TCP.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        exitCodeOnExecutionException = ExitCodes.FAILED)
public final class Twinshare {
    @CommandLine.Option(
            names = "--debug",
            description = "Show stack traces, and log what the server does.",
            scope = ScopeType.INHERIT)
    private boolean debug;

    private @Nullable StartAhead ahead;

    /** What a person says for one run of a command, and no settings file for all. */
    private static final Set<String> FOR_ONE_RUN = Set.of(
            "help",
            "version",
            "config",
            "json",
            "x",
            "watch",
            "boot",
            "dry-run",
            "print-ports",
            "from",
            "count",
            "adopt",
            "yes",
            "debug",
            "timeout",
            "allow-vanished",
            "note",
            "alone",
            "check",
            "old-primary-off",
            "allow-data-loss",
            "allow-inconsistent",
            "content",
            "repair");

    /** All commands by name, in the order in which help shows them. */
    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    private Settings settings = Settings.NONE;

    Twinshare() {}

    /** The settings file as it was read, or none. */
    Settings settings() {
        return settings;
    }

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("serve", Serve::new);
        commands.put("check", Check::new);
        commands.put("exports", ExportsCommand::new);
        commands.put("status", StatusCommand::new);
        commands.put("clients", ClientsCommand::new);
        commands.put("standby", StandbyCommand::new);
        commands.put("switchover", SwitchoverCommand::new);
        commands.put("failover", FailoverCommand::new);
        commands.put("verify", VerifyCommand::new);
        commands.put("backup", BackupCommand::new);
        commands.put("support", SupportCommand::new);
        commands.put("source", SourceCommand::new);
        commands.put("help", HelpTopics::new);
        return commands;
    }

    /**
     * The command line with the one command that is meant, because making ready all of them would take most of the time of
     * a short command; with all of them where help or a mistake may show them.
     */
    static CommandLine commandLine(Twinshare top, List<String> words) {
        CommandLine commandLine = new CommandLine(top);
        String meant = meant(words);
        boolean one = COMMANDS.containsKey(meant) && !meant.equals("help");
        COMMANDS.forEach((name, command) -> {
            if (!one || name.equals(meant)) {
                commandLine.addSubcommand(name, command.get());
            }
        });
        return commandLine;
    }

    private static String meant(List<String> words) {
        return words.stream().filter(word -> !word.startsWith("-")).findFirst().orElse("");
    }

    /** Waits for what was begun to be loaded for {@code serve} when the process started. */
    void awaitStart() throws InterruptedException {
        if (ahead != null) {
            ahead.await();
        }
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the command; returns its exit code. */
    static int run(String... arguments) {
        List<String> words = Arrays.asList(arguments);
        LogSettings.apply(words.contains("--debug"));
        Twinshare top = new Twinshare();
        if (meant(words).equals("serve")) {
            top.ahead = StartAhead.begin();
        }
        CommandLine commandLine = commandLine(top, words);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        try {
            top.settings = settings(words);
            commandLine.setDefaultValueProvider(new DefaultValues(top.settings));
        } catch (Settings.Invalid e) {
            e.problems().forEach(problem -> System.err.println(problem.text()));
            return ExitCodes.USAGE;
        }
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (top.debug) {
                failure.printStackTrace(System.err);
            } else {
                System.err.println("error: " + failure);
                System.err.println("remedy: run it again with --debug and report what it says");
            }
            return ExitCodes.FAILED;
        });
        return commandLine.execute(arguments);
    }

    /** The settings file: the one named, or the usual one where it exists. */
    private static Settings settings(List<String> words) throws Settings.Invalid {
        String named = named(words);
        if (named == null) {
            named = System.getenv("TWINSHARE_CONFIG");
        }
        Path file = named == null ? Places.settings() : Path.of(named);
        if (named == null && !Files.exists(file)) {
            return Settings.NONE;
        }
        return Settings.read(file, keys(commandLine(new Twinshare(), List.of())));
    }

    @Nullable private static String named(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("--config=")) {
                return word.substring("--config=".length());
            }
            if (word.equals("--config") && i + 1 < words.size()) {
                return words.get(i + 1);
            }
        }
        return null;
    }

    /** The long names of the options of all commands that mean something from one run to the next. */
    static Set<String> keys(CommandLine commandLine) {
        Set<String> keys = new TreeSet<>();
        for (OptionSpec option : commandLine.getCommandSpec().options()) {
            if (!FOR_ONE_RUN.contains(DefaultValues.key(option))) {
                keys.add(DefaultValues.key(option));
            }
        }
        commandLine.getSubcommands().values().forEach(sub -> keys.addAll(keys(sub)));
        return keys;
    }
}
