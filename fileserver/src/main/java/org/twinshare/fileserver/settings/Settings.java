package org.twinshare.fileserver.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import org.twinshare.exports.Problem;
import org.twinshare.exports.Spelling;

/** The settings file as it was read: plain keys, and named tables such as {@code [paths]}. Immutable. */
public final class Settings {
    /** No settings file. */
    public static final Settings NONE = new Settings(Map.of(), Map.of());

    /** Tables that may be there, beside the plain keys. */
    private static final Set<String> TABLES = Set.of("paths", "source");

    private final Map<String, String> values;
    private final Map<String, TomlTable> tables;

    private Settings(Map<String, String> values, Map<String, TomlTable> tables) {
        this.values = Map.copyOf(values);
        this.tables = Map.copyOf(tables);
    }

    /** A settings file that cannot be used, with everything that is wrong in it. */
    public static final class Invalid extends Exception {
        private final transient List<Problem> problems;

        Invalid(List<Problem> problems) {
            super(problems.get(0).what(), null, false, false);
            this.problems = problems;
        }

        public List<Problem> problems() {
            return problems;
        }
    }

    /**
     * Reads a settings file.
     *
     * @param known the plain keys that there are
     */
    public static Settings read(Path file, Set<String> known) throws Invalid {
        TomlParseResult parsed;
        try {
            parsed = Toml.parse(Files.readString(file));
        } catch (IOException e) {
            throw new Invalid(List.of(new Problem(
                    "cannot read the settings file " + file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "name another one with --config, or make this one readable")));
        }
        List<Problem> problems = new ArrayList<>();
        parsed.errors()
                .forEach(error -> problems.add(new Problem(
                        file + ":" + error.position().line() + ": " + error.getMessage(),
                        "",
                        "the format is TOML:  key = \"value\"")));
        Settings settings = new Settings(plain(file, parsed, known, problems), named(parsed));
        if (!problems.isEmpty()) {
            throw new Invalid(problems);
        }
        return settings;
    }

    private static Map<String, String> plain(Path file, TomlTable parsed, Set<String> known, List<Problem> problems) {
        Map<String, String> values = new TreeMap<>();
        for (String key : parsed.keySet()) {
            Object value = parsed.get(List.of(key));
            if (value instanceof TomlTable && TABLES.contains(key)) {
                continue;
            }
            if (known.contains(key) && !(value instanceof TomlTable)) {
                values.put(key, String.valueOf(value));
            } else {
                problems.add(new Problem(
                        file + ":" + parsed.inputPositionOf(List.of(key)).line() + ": unknown key " + key,
                        "",
                        remedy(key, known)));
            }
        }
        return values;
    }

    private static Map<String, TomlTable> named(TomlTable parsed) {
        Map<String, TomlTable> tables = new TreeMap<>();
        for (String name : TABLES) {
            if (parsed.get(List.of(name)) instanceof TomlTable table) {
                tables.put(name, table);
            }
        }
        return tables;
    }

    private static String remedy(String key, Set<String> known) {
        return Spelling.nearest(key, known)
                .map(meant -> "did you mean  " + meant + " ?")
                .orElseGet(() -> "the keys are: " + String.join(", ", new TreeSet<>(known)));
    }

    /** The value of a plain key as text, or null. */
    public @Nullable String value(String key) {
        return values.get(key);
    }

    /** A named table, or null. */
    public @Nullable TomlTable table(String name) {
        return tables.get(name);
    }
}
