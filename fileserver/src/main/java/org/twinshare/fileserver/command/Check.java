package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.ServeConfig;
import org.twinshare.fileserver.server.StartCheck;
import org.twinshare.fileserver.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code twinshare check}: would {@code serve} with the same options work? */
@Command(name = "check", description = "Check settings, exports, directories and ports without serving.")
final class Check implements Callable<Integer> {
    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @ParentCommand
    private @Nullable Twinshare top;

    @Mixin
    private Serve serve = new Serve();

    @Override
    public Integer call() {
        List<Problem> problems = new ArrayList<>();
        try {
            ServeConfig config = serve.config();
            problems.addAll(StartCheck.of(config));
            problems.addAll(StartCheck.of(serve.sources(top == null ? Settings.NONE : top.settings())));
        } catch (Refused e) {
            problems.add(e.problem());
        }
        if (json) {
            JsonObject content = new JsonObject();
            content.add("problems", Output.problems(problems));
            Output.json(content);
        } else {
            problems.forEach(problem -> System.out.println(problem.text()));
            System.out.println(problems.isEmpty() ? "Nothing is wrong." : "Problems: " + problems.size());
        }
        return problems.isEmpty() ? ExitCodes.OK : ExitCodes.PROBLEMS_FOUND;
    }
}
