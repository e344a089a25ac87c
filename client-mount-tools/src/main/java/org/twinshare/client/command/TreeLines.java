package org.twinshare.client.command;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import org.twinshare.client.pull.TreeStatus;

/** A pulled tree in the words and the JSON of {@code twinmount status}. Stateless. */
final class TreeLines {
    private TreeLines() {}

    static void print(PrintWriter out, TreeStatus tree) {
        out.println(" source:  " + tree.target() + "   " + tree.source() + " from " + tree.server() + ", heard "
                + words(tree.heard()) + " ago" + (tree.watched() ? "" : "; nobody watches"));
        out.println("   live:  " + tree.live().orElse("none") + "   " + state(tree));
        tree.staged().ifPresent(release -> out.println(" staged:  " + release + "   flips when the server says so"));
        tree.error().ifPresent(problem -> out.print(problem.text().indent(1)));
    }

    private static String state(TreeStatus tree) {
        String offered = tree.offered().orElse("");
        if (offered.isEmpty()) {
            return "what the server has is not known";
        }
        if (tree.live().equals(tree.offered())) {
            return "as on the server";
        }
        String held = tree.held().equals(tree.offered()) ? ", which was rolled back here" : "";
        return "BEHIND: the server has " + offered + held + ", known for " + words(tree.behind());
    }

    private static String words(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? duration.toMinutes() + " min" : duration.toHours() + " h";
    }

    static JsonObject json(TreeStatus tree) {
        JsonObject json = new JsonObject();
        json.addProperty("source", tree.source());
        json.addProperty("target", tree.target().toString());
        json.addProperty("server", tree.server());
        tree.live().ifPresent(release -> json.addProperty("live", release));
        tree.staged().ifPresent(release -> json.addProperty("staged", release));
        tree.offered().ifPresent(release -> json.addProperty("offered", release));
        tree.held().ifPresent(release -> json.addProperty("held", release));
        json.addProperty("behind_seconds", tree.behind().toSeconds());
        json.addProperty("heard_seconds_ago", tree.heard().toSeconds());
        json.addProperty("watched", tree.watched());
        tree.error().ifPresent(problem -> json.add("error", Output.GSON.toJsonTree(problem)));
        return json;
    }
}
