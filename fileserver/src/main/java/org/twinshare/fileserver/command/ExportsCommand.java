package org.twinshare.fileserver.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.table.ExportTableLoader;
import org.twinshare.exports.table.LoadResult;
import org.twinshare.exports.table.PathMapping;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinshare exports}: what is exported, and to whom. */
@Command(name = "exports", description = "Show, check, reload and explain what is exported.")
final class ExportsCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(System.err);
        }
        return ExitCodes.USAGE;
    }

    private static JsonObject request(String command) {
        JsonObject request = new JsonObject();
        request.addProperty("command", command);
        return request;
    }

    @Command(name = "list", description = "Show the table that is in force, with all options.")
    int list(@Mixin ServerOptions options, @Mixin JsonOption as) {
        try {
            JsonObject answer = options.ask(request("exports-list"));
            if (as.json()) {
                answer.remove("text");
                Output.json(answer);
            } else {
                System.out.print(answer.get("text").getAsString());
            }
            return ExitCodes.OK;
        } catch (ServerOptions.NoAnswer e) {
            return e.print();
        }
    }

    @Command(name = "check", description = "Check an exports file without using it.")
    int check(
            @Option(names = "--exports", paramLabel = "FILE", description = "The file to check.") @Nullable Path exports,
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "The same.") @Nullable Path file,
            @Mixin JsonOption as) {
        Path checked = file != null ? file : exports != null ? exports : Places.exports();
        LoadResult result = ExportTableLoader.check(checked, new PathMapping(Map.of()));
        if (as.json()) {
            JsonObject content = new JsonObject();
            content.addProperty("usable", !result.hasErrors());
            content.add("diagnostics", Output.diagnostics(result.diagnostics()));
            Output.json(content);
        } else {
            result.diagnostics().forEach(found -> System.out.println(found.text()));
            result.table()
                    .ifPresent(table ->
                            System.out.println(checked + ": " + table.exports().size() + " exports, no errors"));
        }
        return result.hasErrors() ? ExitCodes.PROBLEMS_FOUND : ExitCodes.OK;
    }

    @Command(name = "reload", description = "Let the running server read its exports file again.")
    int reload(@Mixin ServerOptions options, @Mixin JsonOption as) {
        try {
            JsonObject answer = options.ask(request("exports-reload"));
            if (as.json()) {
                Output.json(answer);
                return answer.get("reloaded").getAsBoolean() ? ExitCodes.OK : ExitCodes.PROBLEMS_FOUND;
            }
            for (JsonElement found : answer.getAsJsonArray("diagnostics")) {
                System.err.println(found.getAsString());
            }
            boolean reloaded = answer.get("reloaded").getAsBoolean();
            System.err.println(reloaded ? "Reloaded." : "Nothing was changed: the table in force stays.");
            return reloaded ? ExitCodes.OK : ExitCodes.PROBLEMS_FOUND;
        } catch (ServerOptions.NoAnswer e) {
            return e.print();
        }
    }

    @Command(name = "explain", description = "Say why a host may or may not mount a path.")
    int explain(
            @Mixin ServerOptions options,
            @Mixin JsonOption as,
            @Parameters(paramLabel = "HOST", description = "Address or name of the client.") String host,
            @Parameters(paramLabel = "PATH", description = "What it wants to mount.") String path) {
        JsonObject request = request("exports-explain");
        request.addProperty("host", host);
        request.addProperty("path", path);
        try {
            JsonObject answer = options.ask(request);
            if (as.json()) {
                Output.json(answer);
            } else {
                System.out.println(answer.get("text").getAsString());
            }
            return answer.get("granted").getAsBoolean() ? ExitCodes.OK : ExitCodes.PROBLEMS_FOUND;
        } catch (ServerOptions.NoAnswer e) {
            return e.print();
        }
    }
}
