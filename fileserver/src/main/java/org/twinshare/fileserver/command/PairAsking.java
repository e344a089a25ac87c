package org.twinshare.fileserver.command;

import com.google.gson.JsonObject;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.Json;
import picocli.CommandLine.Mixin;

/** Asks the running server for something about its pair, and shows what it says; the options of a command that does so. */
final class PairAsking {
    @Mixin
    private ServerOptions options = new ServerOptions();

    @Mixin
    private JsonOption as = new JsonOption();

    static JsonObject request(String action) {
        JsonObject request = new JsonObject();
        request.addProperty("command", "pair");
        request.addProperty("action", action);
        return request;
    }

    /** Returns the exit code. */
    int show(JsonObject request) {
        return show(options, request, as.json());
    }

    /** Returns the exit code. */
    static int show(ServerOptions options, JsonObject request, boolean json) {
        try {
            JsonObject answer = options.ask(request);
            if (answer.has("refusal")) {
                Problem problem = Json.GSON.fromJson(answer.get("refusal"), Problem.class);
                System.err.println(new Problem("refused: " + problem.what(), problem.cause(), problem.remedy()).text());
                return ExitCodes.REFUSED;
            }
            if (json) {
                Output.json(answer);
            } else {
                answer.getAsJsonArray("lines").forEach(line -> System.out.println(line.getAsString()));
            }
            boolean differ = answer.has("findings") && answer.get("findings").getAsInt() > 0;
            return differ ? ExitCodes.PROBLEMS_FOUND : ExitCodes.OK;
        } catch (ServerOptions.NoAnswer e) {
            return e.print();
        }
    }
}
