package org.twinshare.fileserver.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.server.StatusText;

/** One source as {@code twinshare source status} shows it: the live release, and a line for each node. */
record SourceStatus(String text, boolean isWell) {
    /** A node that watches asks for news at least this often, unless it is staging. */
    private static final long SILENT_S = 60;

    static SourceStatus of(JsonObject source) {
        String live = word(source, "live");
        StringBuilder text = new StringBuilder();
        text.append(source.get("source").getAsString())
                .append(": live ")
                .append(live)
                .append(", published from ")
                .append(source.get("path").getAsString())
                .append('\n');
        List<Problem> problems = new ArrayList<>();
        source.getAsJsonArray("problems").forEach(problem -> problems.add(Json.GSON.fromJson(problem, Problem.class)));
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"NODE", "ADDRESS", "LIVE", "STAGED", "SEEN", "STATE"});
        for (JsonElement element : source.getAsJsonArray("nodes")) {
            rows.add(row(element.getAsJsonObject(), live, problems));
        }
        if (rows.size() > 1) {
            text.append(StatusText.columns(rows));
        }
        problems.forEach(problem -> text.append(problem.text()).append('\n'));
        return new SourceStatus(text.toString(), problems.isEmpty());
    }

    private static String[] row(JsonObject node, String live, List<Problem> problems) {
        String name = node.get("node").getAsString();
        long silentSeconds = node.get("seen_seconds_ago").getAsLong();
        String state = "ok";
        if (node.has("error")) {
            state = "failed";
            Problem error = Json.GSON.fromJson(node.get("error"), Problem.class);
            problems.add(new Problem(name + ": " + error.what(), error.cause(), error.remedy()));
        } else if (silentSeconds > SILENT_S && node.get("watch").getAsBoolean()) {
            state = "silent";
            problems.add(new Problem(
                    name + " was last heard " + silentSeconds + " s ago", "", "twinmount status  on " + name));
        } else if (!word(node, "live").equals(live)) {
            state = "behind";
        }
        return new String[] {
            name,
            node.get("address").getAsString(),
            word(node, "live"),
            word(node, "staged"),
            silentSeconds + " s ago",
            state
        };
    }

    private static String word(JsonObject object, String key) {
        return object.has(key) ? object.get(key).getAsString() : "-";
    }
}
