package org.twinshare.client.command;

import com.google.gson.Gson;
import com.google.gson.JsonObject;

/** What commands print with {@code --json}: one line, with the version of its form first. Stateless. */
final class Output {
    static final Gson GSON = new Gson();

    /** Rises when a name in any output changes its meaning or goes. */
    private static final int VERSION = 1;

    private Output() {}

    /** An object that begins as all of them do. */
    static JsonObject json() {
        JsonObject all = new JsonObject();
        all.addProperty("output_version", VERSION);
        return all;
    }
}
