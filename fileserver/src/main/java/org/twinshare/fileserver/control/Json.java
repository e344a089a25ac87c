package org.twinshare.fileserver.control;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** How records are written as JSON, to the commands and by them: names in lower case with underscores. Has no state. */
public final class Json {
    /** Thread-safe. */
    public static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .create();

    private Json() {}
}
