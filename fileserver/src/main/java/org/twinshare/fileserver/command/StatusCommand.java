package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.server.Status;
import org.twinshare.fileserver.server.StatusText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinshare status}: how the server is; exit code 3 when something is wrong. */
@Command(name = "status", description = "Show how the server is.")
final class StatusCommand implements Callable<Integer> {
    private static final long WATCH_MILLIS = 1000;
    private static final String CLEAR = "\033[H\033[2J";

    @Option(names = "-x", description = "Show nothing when all is well.")
    private boolean onlyProblems;

    @Option(names = "--watch", description = "Show it again every second.")
    private boolean watch;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Override
    public Integer call() throws InterruptedException {
        try {
            int exitCode = show();
            while (watch) {
                Thread.sleep(WATCH_MILLIS);
                System.out.print(CLEAR);
                exitCode = show();
            }
            return exitCode;
        } catch (ServerOptions.NoAnswer e) {
            return e.print();
        }
    }

    private int show() throws ServerOptions.NoAnswer {
        JsonObject request = new JsonObject();
        request.addProperty("command", "status");
        JsonObject answer = options.ask(request);
        Status status = Json.GSON.fromJson(answer, Status.class);
        if (!onlyProblems || !status.isWell()) {
            if (json) {
                Output.json(answer);
            } else {
                System.out.print(StatusText.of(status));
            }
        }
        return status.isWell() ? ExitCodes.OK : ExitCodes.PROBLEMS_FOUND;
    }
}
