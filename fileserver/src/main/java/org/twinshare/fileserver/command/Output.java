package org.twinshare.fileserver.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Collection;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.Problem;
import org.twinshare.fileserver.control.Json;

/** What commands print with {@code --json}: one line, with the version of its form first. Has no state. */
final class Output {
    /** Rises when a name in any output changes its meaning or goes. */
    private static final int VERSION = 1;

    private Output() {}

    /** Prints it. */
    static void json(JsonObject content) {
        JsonObject all = new JsonObject();
        all.addProperty("output_version", VERSION);
        content.entrySet().forEach(entry -> all.add(entry.getKey(), entry.getValue()));
        System.out.println(all);
    }

    static JsonArray problems(Collection<Problem> problems) {
        return Json.GSON.toJsonTree(problems).getAsJsonArray();
    }

    static JsonArray diagnostics(Collection<Diagnostic> diagnostics) {
        JsonArray array = new JsonArray();
        for (Diagnostic found : diagnostics) {
            JsonObject each = new JsonObject();
            each.addProperty("file", found.location().file());
            each.addProperty("line", found.location().line());
            each.addProperty("column", found.location().column());
            each.addProperty("severity", found.severity().word());
            each.addProperty("message", found.message());
            each.addProperty("remedy", found.remedy());
            array.add(each);
        }
        return array;
    }
}
