package org.twinshare.fileserver.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.server.StatusText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinshare source}: publishes source trees to the web nodes. */
@Command(name = "source", description = "Publish source trees to the web nodes, roll them back, and see who has what.")
final class SourceCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(System.err);
        }
        return ExitCodes.USAGE;
    }

    /** How long the nodes get. */
    static final class Patience {
        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "60",
                description = "How long nodes may take to stage (${DEFAULT-VALUE}).")
        private long seconds;

        Duration duration() {
            return Duration.ofSeconds(seconds);
        }
    }

    private interface Show {
        int of(JsonObject answer);
    }

    private static int ask(ServerOptions options, JsonOption as, JsonObject request, Show show) {
        try {
            JsonObject answer = options.ask(request);
            JsonElement problem = answer.get("problem");
            if (as.json()) {
                Output.json(answer);
            }
            if (problem != null) {
                System.err.println(Json.GSON.fromJson(problem, Problem.class).text());
                return answer.get("unsafe").getAsBoolean() ? ExitCodes.REFUSED : ExitCodes.FAILED;
            }
            return show.of(answer);
        } catch (ServerOptions.NoAnswer e) {
            return e.print();
        }
    }

    private static JsonObject request(String action, @Nullable String source) {
        JsonObject request = new JsonObject();
        request.addProperty("command", "source");
        request.addProperty("action", action);
        request.addProperty("source", source);
        return request;
    }

    @Command(name = "publish", description = "Freeze the working tree as a release, and let all nodes flip to it.")
    int publish(
            @Mixin ServerOptions options,
            @Mixin JsonOption as,
            @Mixin Patience patience,
            @Option(names = "--allow-vanished", description = "Many files are gone, and that is meant.")
                    boolean allowVanished,
            @Option(names = "--note", paramLabel = "TEXT", defaultValue = "", description = "Kept with the release.")
                    String note,
            @Parameters(paramLabel = "SOURCE", description = "The source, as in [source.NAME].") String source) {
        JsonObject request = request("publish", source);
        request.addProperty("allow_vanished", allowVanished);
        request.addProperty("note", note);
        request.addProperty("timeout_ms", patience.duration().toMillis());
        return ask(options, as, request, answer -> published(answer, as));
    }

    @Command(name = "rollback", description = "Publish the content of an earlier release again, under a new number.")
    int rollback(
            @Mixin ServerOptions options,
            @Mixin JsonOption as,
            @Mixin Patience patience,
            @Parameters(index = "0", paramLabel = "SOURCE", description = "The source.") String source,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "RELEASE",
                            description = "Its name or number (default: the one before the live one).")
                    @Nullable String to) {
        JsonObject request = request("rollback", source);
        request.addProperty("to", to);
        request.addProperty("timeout_ms", patience.duration().toMillis());
        return ask(options, as, request, answer -> published(answer, as));
    }

    private static int published(JsonObject answer, JsonOption as) {
        List<String> troubles = new ArrayList<>();
        for (Map.Entry<String, JsonElement> failed :
                answer.getAsJsonObject("failed").entrySet()) {
            Problem problem = Json.GSON.fromJson(failed.getValue(), Problem.class);
            troubles.add(
                    new Problem(failed.getKey() + ": " + problem.what(), problem.cause(), problem.remedy()).text());
        }
        trouble(answer, "silent", "has not answered in time; it follows when it is back")
                .ifPresent(troubles::add);
        trouble(answer, "late", "was ready, and has not said that it flipped").ifPresent(troubles::add);
        if (!as.json()) {
            answer.getAsJsonArray("warnings").forEach(each -> System.err.println("warning: " + each.getAsString()));
            String release = answer.get("release").getAsString();
            String size = answer.get("files").getAsLong() + " files, "
                    + StatusText.size(answer.get("bytes").getAsLong());
            System.out.println(
                    answer.get("changed").getAsBoolean()
                            ? release + " is live: " + size + ", "
                                    + answer.getAsJsonArray("flipped").size() + " nodes flipped, "
                                    + String.format(
                                            Locale.ROOT,
                                            "%.1f s",
                                            answer.get("millis").getAsLong() / 1000.0)
                            : "Nothing has changed; " + release + " stays live: " + size);
        }
        troubles.forEach(System.err::println);
        return troubles.isEmpty() ? ExitCodes.OK : ExitCodes.PROBLEMS_FOUND;
    }

    private static java.util.Optional<String> trouble(JsonObject answer, String key, String words) {
        List<String> nodes = new ArrayList<>();
        answer.getAsJsonArray(key).forEach(node -> nodes.add(node.getAsString()));
        return nodes.isEmpty()
                ? java.util.Optional.empty()
                : java.util.Optional.of(new Problem(
                                String.join(", ", nodes) + " " + words, "", "twinshare source status; twinmount status")
                        .text());
    }

    @Command(name = "list", description = "Show the releases that are kept.")
    int list(
            @Mixin ServerOptions options,
            @Mixin JsonOption as,
            @Parameters(paramLabel = "SOURCE", description = "The source.") String source) {
        return ask(options, as, request("list", source), answer -> {
            if (!as.json()) {
                List<String[]> rows = new ArrayList<>();
                rows.add(new String[] {"RELEASE", "PUBLISHED", "FILES", "SIZE", "", "NOTE"});
                for (JsonElement element : answer.getAsJsonArray("releases")) {
                    JsonObject release = element.getAsJsonObject();
                    rows.add(new String[] {
                        release.get("release").getAsString(),
                        TIME.format(Instant.ofEpochMilli(
                                release.get("published_at_ms").getAsLong())),
                        release.get("files").getAsString(),
                        StatusText.size(release.get("bytes").getAsLong()),
                        release.get("live").getAsBoolean() ? "live" : "",
                        release.get("note").getAsString()
                    });
                }
                System.out.print(StatusText.columns(rows));
            }
            return ExitCodes.OK;
        });
    }

    @Command(name = "status", description = "Show the live release, and which node has what.")
    int status(
            @Mixin ServerOptions options,
            @Mixin JsonOption as,
            @Parameters(arity = "0..1", paramLabel = "SOURCE", description = "The source (default: all).") @Nullable String source) {
        return ask(options, as, request("status", source), answer -> {
            boolean well = true;
            for (JsonElement element : answer.getAsJsonArray("sources")) {
                SourceStatus status = SourceStatus.of(element.getAsJsonObject());
                well &= status.isWell();
                if (!as.json()) {
                    System.out.print(status.text());
                }
            }
            return well ? ExitCodes.OK : ExitCodes.PROBLEMS_FOUND;
        });
    }

    @Command(name = "checkout", description = "Copy the live release into a directory, to work on it and publish it.")
    int checkout(
            @Mixin ServerOptions options,
            @Mixin JsonOption as,
            @Parameters(index = "0", paramLabel = "SOURCE", description = "The source.") String source,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "DIR",
                            description = "Empty or missing (default: the working tree of the settings).")
                    @Nullable Path into) {
        JsonObject request = request("checkout", source);
        request.addProperty("into", into == null ? null : into.toAbsolutePath().toString());
        return ask(options, as, request, answer -> {
            if (!as.json()) {
                System.out.println("Copied to " + answer.get("directory").getAsString());
            }
            return ExitCodes.OK;
        });
    }
}
