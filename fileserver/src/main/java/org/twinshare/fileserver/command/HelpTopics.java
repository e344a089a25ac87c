package org.twinshare.fileserver.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code twinshare help}: a command, or one of the topics. */
@Command(name = "help", description = "Explain a command, or: exit-codes, environment, files.")
final class HelpTopics implements Callable<Integer> {
    private static final String EXIT_CODES = """
            0    ok
            1    failed
            2    wrong usage
            3    a check found problems, or the server is degraded
            4    no server answers
            5    refused for safety
            6    timed out, still running
            130  interrupted
            """;

    private static final String ENVIRONMENT = """
            Every option is also read from the environment: --max-transfer from TWINSHARE_MAX_TRANSFER.
            The command line counts more than the environment, and that more than the settings file.

            JAVA_HOME    where Java 25 is
            NO_COLOR     no colours
            """;

    private static final String FILES = """
            /etc/twinshare/twinshare.conf   settings (TOML); keys are the long names of the options
            /etc/twinshare/exports          what is exported; without it /etc/exports
            /var/lib/twinshare              state: identities of files, key of the cluster
            /var/lib/twinshare/source       releases of the source trees, and rsyncd.conf
            Without root: ~/.config/twinshare/ and ~/.local/state/twinshare/.
            """;

    @Parameters(arity = "0..1", paramLabel = "TOPIC", description = "Command or topic.")
    private @Nullable String topic;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        switch (topic == null ? "" : topic) {
            case "exit-codes" -> System.out.print(EXIT_CODES);
            case "environment" -> System.out.print(ENVIRONMENT);
            case "files" -> System.out.print(FILES);
            default -> {
                return usage();
            }
        }
        return ExitCodes.OK;
    }

    private int usage() {
        if (spec == null || spec.parent() == null) {
            return ExitCodes.FAILED;
        }
        CommandLine top = spec.parent().commandLine();
        if (topic == null) {
            top.usage(System.out);
            return ExitCodes.OK;
        }
        CommandLine command = top.getSubcommands().get(topic);
        if (command == null) {
            System.err.println("error: there is no command or topic " + topic);
            System.err.println("remedy: twinshare help");
            return ExitCodes.USAGE;
        }
        command.usage(System.out);
        return ExitCodes.OK;
    }
}
