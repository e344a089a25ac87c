package org.twinshare.client.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What a command's line may say, put together without annotations: to read those, the runtime writes a class for each kind
 * of them, which is a quarter of the processor time of a command that has nothing else to wait for. See decision 24. Stateless.
 */
final class ShortCommand {
    /** Behind a command's own options, where help shows them in the order in which they were added. */
    private static final int LAST = 1;

    private ShortCommand() {}

    /** The version of this build, as its jar says. */
    private static String version() {
        String version = ShortCommand.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /**
     * A command with a description, {@code --help} and {@code --version}.
     *
     * @param action a {@code Callable<Integer>}; anything else where a subcommand does the work
     */
    static CommandSpec named(String name, String description, Object action) {
        CommandSpec line = CommandSpec.wrapWithoutInspection(action)
                .name(name)
                .version("twinmount " + version())
                .addOption(OptionSpec.builder("-h", "--help")
                        .type(boolean.class)
                        .usageHelp(true)
                        .order(LAST)
                        .description("Show this help message and exit.")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .type(boolean.class)
                        .versionHelp(true)
                        .order(LAST)
                        .description("Print version information and exit.")
                        .build());
        line.usageMessage().description(description);
        return line;
    }

    /** What help says of exit codes, each in its order. */
    static void exitCodes(CommandSpec line, Map<Integer, String> meanings) {
        Map<String, String> words = new LinkedHashMap<>();
        meanings.keySet().stream().sorted().forEach(code -> words.put(code.toString(), meanings.get(code)));
        line.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(words);
    }

    /** An option that is there or not; its value is never null. */
    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .defaultValue("false")
                .description(description)
                .build();
    }

    /** An option with a duration, which help shows. */
    static OptionSpec duration(String name, String defaultValue, String description) {
        return OptionSpec.builder(name)
                .type(Duration.class)
                .paramLabel("<" + name.substring(2) + ">")
                .converters(new Converters.Durations())
                .defaultValue(defaultValue)
                .description(description)
                .build();
    }

    /** Words without an option before them; their value is never null. */
    static PositionalParamSpec words(String arity, String label, Class<?> type, String description) {
        return PositionalParamSpec.builder()
                .arity(arity)
                .type(List.class)
                .auxiliaryTypes(type)
                .initialValue(List.of())
                .paramLabel(label)
                .description(description)
                .build();
    }
}
